/** A configuration of a small hospital in Luxembourg, commented, that is valid as it stands. */
export function configSample(): string {
  return `# bordertap.yaml: a small hospital in Luxembourg
site:
  name: Clinique Beispill
  latitude: 49.6117
  longitude: 6.1300
  timeZone: Europe/Luxembourg

# The site's own networks. Everything else is outside. 203.0.113.0/24 stands for the public addresses.
inside: [10.0.0.0/8, 203.0.113.0/24, "fd00:1a2b::/32"]

# Patient data may go to these countries without more ado: lu, eu-eea or eea-adequacy.
jurisdiction: eu-eea

zones:
  - name: imaging
    title: Radiology and PACS
    networks: [10.20.0.0/16]
    data: [imaging]
    jurisdiction: lu
  - name: laboratory
    networks: [10.30.0.0/16, "fd00:1a2b:30::/48"]
    data: [laboratory]
  - name: dialysis
    title: Dialysis machines, a part of the clinical network
    networks: [10.40.8.0/24]
    data: [device]
    order: 10 # decides before clinical, which it overlaps
  - name: clinical
    networks: [10.40.0.0/16]
    vlans: [400, 401]
    data: [patient-record]
  - name: office
    networks: [10.50.0.0/16]
    data: [admin, billing]
  - name: guest
    networks: [10.99.0.0/16]
    data: [guest] # only guest data: not judged

assets:
  - { address: 10.20.4.11, name: CT-3, owner: Radiology, department: Emergency }
  - { address: 10.20.1.5, name: PACS, owner: IT }

# The register of processors (GDPR 28, 30): who may answer at the outside end, and where.
parties:
  - name: acme-pacs
    title: Acme PACS GmbH
    role: processor
    services: [image archive]
    data: [imaging]
    domains: [pacs.example.com]
    countries: [LU, DE]
    agreementEnds: "2028-12-31"
  - name: second-opinion
    title: Universitätsspital Zürich, radiology
    role: lane
    domains: [usz.example.org]
    countries: [CH]
  - name: cardio-cloud
    title: Cardio Cloud Inc., certified under the Data Privacy Framework
    role: processor
    networks: [198.51.100.0/24]
    countries: [US]
    agreementEnds: "2027-06-30"

# Transfers beyond the jurisdiction list, each with its basis. US and CA need a party and an end.
authorisations:
  - id: A-1
    zones: [imaging]
    parties: [second-opinion]
    countries: [CH]
    purpose: Second opinion in radiology
    basis: GDPR 45
    reference: Decision 2000/518/EC
  - id: A-2
    zones: [clinical]
    parties: [cardio-cloud]
    countries: [US]
    purpose: Telemetry of pacemakers
    basis: GDPR 45
    reference: Decision (EU) 2023/1795
    from: "2026-01-01"
    until: "2027-06-30"
    owner: Data protection officer

capture:
  interface: eth1

detections:
  residency.violation:
    criticalBytes: 500000
  processor.unregistered:
    severity: medium

outputs:
  alerts:
    path: /var/log/bordertap/alerts.jsonl

history:
  retentionDays: 180
  retentionGigabytes: 200
`;
}
