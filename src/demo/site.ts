/**
 * The synthetic hospital's configuration, as an operator would write it. The hospital, its parties and their names are
 * invented; outside addresses are real ones only so that the databases can place them. Nothing is ever sent to them.
 */
export const DEMO_CONFIG = `# The synthetic hospital that "bordertap demo" plays.
site: { name: CH Démo, latitude: 49.61, longitude: 6.13, timeZone: Europe/Luxembourg }
inside: [10.20.0.0/16]
jurisdiction: eu-eea
zones:
  - { name: records,      title: Patient records,  networks: [10.20.10.0/24], data: [patient-record] }
  - { name: imaging,      title: Radiology,        networks: [10.20.20.0/24], data: [imaging] }
  - { name: laboratory,   title: Laboratory,       networks: [10.20.30.0/24], data: [laboratory] }
  - { name: telemedicine, title: Telemedicine,     networks: [10.20.40.0/24], data: [telemedicine] }
  - { name: office,       title: Administration,   networks: [10.20.50.0/24], data: [admin] }
  - { name: guest,        title: Guest Wi-Fi,      networks: [10.20.90.0/24], data: [guest], judged: false }
  - { name: services,     title: DNS and services, networks: [10.20.0.0/24],  data: [admin] }
assets:
  - { address: 10.20.20.10, name: PACS-1, department: Radiology }
  - { address: 10.20.20.31, name: CT-3,   department: Radiology }
  - { address: 10.20.30.10, name: LIS,    department: Laboratory }
  - { address: 10.20.10.10, name: EHR-DB, department: Informatics }
  - { address: 10.20.40.20, name: TELE-2, department: Cardiology }
parties:
  - { name: nordwolke, title: Nordwolke Bildarchiv, role: processor, services: [image archive], data: [imaging], domains: [nordwolke.example], countries: [DE], agreementEnds: "2027-06-30" }
  - { name: labexchange, title: LabExchange, role: processor, services: [laboratory results], data: [laboratory], domains: [labexchange.example], countries: [LU, FR], agreementEnds: "2027-01-31" }
  - { name: videovisit, title: VideoVisit, role: processor, services: [telemedicine], data: [telemedicine], domains: [videovisit.example], countries: [FR], agreementEnds: "2027-03-31" }
  - { name: microsoft-365, title: Microsoft 365, role: processor, services: [office], data: [admin], domains: [office365.com, microsoftonline.com, sharepoint.com], countries: [NL, IE, FR], agreementEnds: "2027-06-02" }
  - { name: zurich-second-opinion, title: Zürich second opinion, role: lane, services: [second opinion], data: [imaging], domains: [zweitmeinung.example], countries: [CH] }
authorisations:
  - { id: A-1, zones: [imaging], parties: [zurich-second-opinion], countries: [CH], purpose: second opinion, basis: GDPR 45, reference: "Decision 2000/518/EC", until: "2027-12-31", owner: dpo }
`;
