import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/model/alert.ts";
import { party, place, type Spec } from "../detect/judged.ts";
import { finding, open } from "./finding.ts";

async function first(findings: Finding[]): Promise<string> {
  const alerts = await open();
  for (const one of findings) alerts.take(one);
  return alerts.list().alerts[0].sentence;
}

const cases: { tells: string; spec: Spec; more?: Partial<Finding>; says: RegExp }[] = [
  {
    tells: "nobody known, no name",
    spec: {},
    says: /^10\.1\.2\.3 in imaging \(patient data\) sent 1\.00 kB to 203\.0\.113\.9 port 443\/tcp \(party unknown\) in the US, /,
  },
  {
    tells: "a party known by prefix, a name from another host's question",
    spec: { party: party("Acme"), partyBy: "prefix", name: "x.acme.eu", nameSource: "dns-elsewhere" },
    says: /to x\.acme\.eu \(Acme, registered by prefix, name from another host's DNS question; 203\.0\.113\.9 port 443\/tcp\)/,
  },
  {
    tells: "the protocol",
    spec: { facts: { protocols: ["dicom"] }, outsidePort: 104 },
    says: /203\.0\.113\.9 port 104\/tcp \(party unknown, dicom\)/,
  },
  { tells: "a protocol without ports", spec: { transport: 47 }, says: /to 203\.0\.113\.9 \(party unknown\)/ },
  { tells: "several countries", spec: { place: place(["US", "CA"]) }, says: /in the US or CA, outside the list eu-eea, confidence 85/ },
  {
    tells: "no country",
    spec: { place: place([]) },
    says: /in a country that no source can tell, not placed by the list eu-eea, confidence 0, since/,
  },
  { tells: "IPv6", spec: { inside: "fd00::1", outside: "2001:db8::9" }, says: /^fd00::1 in .* to 2001:db8::9 port 443/ },
  { tells: "no zone", spec: { zone: undefined }, says: /^10\.1\.2\.3 in no zone sent/ },
];

describe("sentence", () => {
  it.each(cases)("$tells", async ({ spec, more, says }) => {
    expect(await first([finding(more ?? {}, spec)])).toMatch(says);
  });

  it("says all that the catalogue asks for", async () => {
    const spec: Spec = {
      asset: { address: "10.1.2.3", name: "CT-3", owner: undefined, department: undefined },
      party: party("Acme"),
      name: "pacs.acme.eu",
    };
    const sentence = await first([
      finding({ newBytesOut: 41_000_000 }, spec),
      finding({ at: 9, newBytesOut: 49_000 }, { ...spec, inside: "10.1.2.4", asset: undefined }),
    ]);
    expect(sentence).toBe(
      "CT-3 and 1 other in imaging (patient data) sent 41.0 MB to pacs.acme.eu (Acme, registered by name, name from TLS SNI; 203.0.113.9 port 443/tcp)" +
        " in the US, outside the list eu-eea, confidence 85 (geo-whois-asn-country 2026-06-17), since 13:41:02Z on 2026-11-21." +
        " Decided by list:eu-eea: US is not on the list eu-eea. Would be allowed by: an authorisation of imaging to this party in US." +
        " Policy r411; databases geo-whois-asn-country 2026-06-17." +
        " Next: Ask the owner of the inside device what this connection is for, and whether it may stop.",
    );
  });

  it("outlives impossible times", async () => {
    expect(await first([finding({ sinceMicros: 1e300, atMicros: 1e300 })])).toContain("9999-12-31");
    expect(await first([finding({ sinceMicros: -5, atMicros: Number.NaN })])).toContain("1970-01-01");
  });
});
