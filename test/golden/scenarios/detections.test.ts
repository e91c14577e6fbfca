import { describe, expect, it } from "vitest";
import { type Beat, dicom, lookup, mllp, tls } from "../../../src/demo/conversation.ts";
import { ends, play } from "./play.ts";

const RECORDS = "10.20.10.10";
const IMAGING = "10.20.20.31";
const OFFICE = "10.20.50.9";
const RESOLVER = "10.20.0.53";
// Real addresses, so that the embedded database has something to say; no packet leaves this process.
const US = "54.231.10.4";
const DE = "78.46.10.20";
const FI = "95.217.10.4";
const ANYCAST = "1.1.1.1";

const CONFIG = `
inside: [10.20.0.0/16]
zones:
  - { name: records, networks: [10.20.10.0/24], data: [patient-record] }
  - { name: imaging, networks: [10.20.20.0/24], data: [imaging] }
  - { name: office, networks: [10.20.50.0/24], data: [admin] }
  - { name: guest, networks: [10.20.90.0/24], data: [guest] }
parties:
  - { name: archive, role: processor, domains: [archive.example], countries: [DE] }
  - { name: lawyers, role: lane, domains: [lane.example], countries: [US] }
authorisations:
  - { id: A-1, zones: [records], parties: [lawyers], countries: [US], purpose: court order, basis: GDPR 49(1)(e), until: "2027-01-31" }
`;

const kB = 1000;
const now = () => new Date(Date.UTC(2026, 10, 21, 14));
const named = (client: string, server: string, name: string): Iterable<Beat> => lookup(ends(client, RESOLVER, 53, 800), name, server);

interface Case {
  detection: string;
  title: string;
  packets: () => Iterable<Beat>[];
  /** Severity of the alert; undefined: a near miss, which must not fire this detection. */
  severity?: string;
}

const CASES: Case[] = [
  {
    detection: "residency.violation",
    title: "records go to the US",
    packets: () => [tls(ends(RECORDS, US, 443), "ingest.example.com", 60 * kB, 9 * kB)],
    severity: "high",
  },
  {
    detection: "residency.violation",
    title: "more than a megabyte of them",
    packets: () => [tls(ends(RECORDS, US, 443), "ingest.example.com", 1100 * kB, 9 * kB)],
    severity: "critical",
  },
  {
    detection: "residency.violation",
    title: "a flow opened from the US carries records out",
    packets: () => [tls(ends(US, RECORDS, 443), undefined, 5 * kB, 200 * kB)],
    severity: "high",
  },
  {
    detection: "residency.violation",
    title: "near miss: the same to Germany",
    packets: () => [tls(ends(RECORDS, DE, 443), "ingest.example.com", 1100 * kB, 9 * kB)],
  },
  {
    detection: "residency.violation",
    title: "near miss: the same under an authorisation",
    packets: () => [tls(ends(RECORDS, US, 443), "court.lane.example", 1100 * kB, 9 * kB)],
  },
  {
    detection: "residency.violation",
    title: "near miss: the same from a zone without patient data",
    packets: () => [tls(ends(OFFICE, US, 443), "ingest.example.com", 1100 * kB, 9 * kB)],
  },
  {
    detection: "residency.violation",
    title: "near miss: nobody answers",
    packets: () => [[...tls(ends(RECORDS, US, 443), "ingest.example.com", 60 * kB, 0)].slice(0, 1)],
  },
  {
    detection: "residency.indeterminate",
    title: "records go to an anycast address of nobody registered",
    packets: () => [tls(ends(RECORDS, ANYCAST, 443), "x.example.com", 130 * kB, kB)],
    severity: "medium",
  },
  {
    detection: "residency.indeterminate",
    title: "near miss: too little",
    packets: () => [tls(ends(RECORDS, ANYCAST, 443), "x.example.com", 60 * kB, kB)],
  },
  {
    detection: "residency.indeterminate",
    title: "near miss: a registered party",
    packets: () => [tls(ends(RECORDS, ANYCAST, 443), "x.archive.example", 130 * kB, kB)],
  },
  {
    detection: "processor.drift.country",
    title: "the archive answers from the US, which is on no list",
    packets: () => [named(IMAGING, US, "n7.archive.example"), tls(ends(IMAGING, US, 443), undefined, 20 * kB, kB)],
    severity: "critical",
  },
  {
    detection: "processor.drift.country",
    title: "the archive answers from Finland, which is approved",
    packets: () => [tls(ends(IMAGING, FI, 443), "n8.archive.example", 20 * kB, kB)],
    severity: "high",
  },
  {
    detection: "processor.drift.country",
    title: "near miss: it answers from Germany",
    packets: () => [tls(ends(IMAGING, DE, 443), "n8.archive.example", 20 * kB, kB)],
  },
  {
    detection: "processor.drift.country",
    title: "near miss: a name that only looks alike",
    packets: () => [tls(ends(IMAGING, FI, 443), "notarchive.example", 20 * kB, kB)],
  },
  {
    detection: "processor.unregistered",
    title: "records go to nobody registered",
    packets: () => [tls(ends(RECORDS, FI, 443), "drop.sendbig.com", 130 * kB, kB)],
    severity: "high",
  },
  {
    detection: "processor.unregistered",
    title: "so does the office",
    packets: () => [tls(ends(OFFICE, FI, 443), "drop.sendbig.com", 130 * kB, kB)],
    severity: "low",
  },
  {
    detection: "processor.unregistered",
    title: "near miss: too little",
    packets: () => [tls(ends(RECORDS, FI, 443), "drop.sendbig.com", 60 * kB, kB)],
  },
  {
    detection: "processor.unregistered",
    title: "near miss: registered",
    packets: () => [tls(ends(RECORDS, DE, 443), "a.archive.example", 130 * kB, kB)],
  },
  {
    detection: "clear.dicom_external",
    title: "an association in clear text leaves, even to an approved country",
    packets: () => [dicom(ends(IMAGING, DE, 11112), "ARCHIVE", "CT03", 50 * kB)],
    severity: "critical",
  },
  {
    detection: "clear.dicom_external",
    title: "on a port of its own",
    packets: () => [dicom(ends(IMAGING, DE, 4242), "ARCHIVE", "CT03", 50 * kB)],
    severity: "critical",
  },
  {
    detection: "clear.dicom_external",
    title: "near miss: inside the house",
    packets: () => [dicom(ends(IMAGING, "10.20.20.10", 104), "PACS", "CT03", 50 * kB)],
  },
  {
    detection: "clear.dicom_external",
    title: "near miss: the DICOM port, inside TLS",
    packets: () => [tls(ends(IMAGING, DE, 11112), "pacs.archive.example", 50 * kB, kB)],
  },
  {
    detection: "clear.hl7_external",
    title: "results in clear text leave",
    packets: () => [mllp(ends(RECORDS, DE, 2575), 3, now)],
    severity: "critical",
  },
  {
    detection: "clear.hl7_external",
    title: "near miss: inside the house",
    packets: () => [mllp(ends(RECORDS, "10.20.30.10", 2575), 3, now)],
  },
  {
    detection: "clear.hl7_external",
    title: "near miss: the same port, inside TLS",
    packets: () => [tls(ends(RECORDS, DE, 2575), "gate.archive.example", 20 * kB, kB)],
  },
];

describe("from packets to alerts", () => {
  it.each(CASES)("$detection: $title", async ({ detection, packets, severity }) => {
    const alerts = (await play(CONFIG, packets())).filter((alert) => alert.detection === detection);
    expect(alerts.map((alert) => alert.severity)).toEqual(severity === undefined ? [] : [severity]);
  });

  it("a quiet, lawful day raises nothing", async () => {
    const day = [
      tls(ends(IMAGING, DE, 443), "a.archive.example", 900 * kB, 20 * kB),
      dicom(ends(IMAGING, "10.20.20.10", 104), "PACS", "CT03", 300 * kB),
      mllp(ends(RECORDS, "10.20.30.10", 2575), 5, now),
      tls(ends(RECORDS, US, 443), "court.lane.example", 30 * kB, kB),
      tls(ends("10.20.90.5", US, 443), "video.example.com", 10 * kB, 900 * kB),
      named(OFFICE, DE, "www.example.com"),
      tls(ends(OFFICE, DE, 443), "www.example.com", 20 * kB, 200 * kB),
    ];
    expect((await play(CONFIG, day)).map((alert) => alert.sentence)).toEqual([]);
  });

  it("says who, to whom, where, how much, which rule, and what would have allowed it", async () => {
    const [alert] = await play(CONFIG, [tls(ends(RECORDS, US, 443), "ingest.example.com", 60 * kB, 9 * kB)]);
    for (const part of [
      "10.20.10.10 in records (patient data)",
      "ingest.example.com",
      "TLS SNI",
      "in the US, outside the list eu-eea",
      "geo-whois-asn-country",
      "since 14:00:0",
      "an authorisation from zone records",
    ])
      expect(alert.sentence).toContain(part);
    expect(alert.relevantTo.join()).toContain("GDPR 44");
  });
});
