import { expect, it } from "vitest";
import { evidenceRows } from "../../../src/lib/evidence.ts";
import type { Finding } from "../../../src/model/alert.ts";

const base: Finding = {
  detection: "residency.violation",
  severity: "high",
  key: [],
  atMicros: 0,
  sinceMicros: 0,
  asset: "CT-3",
  insideAddress: "10.1.2.3",
  zone: "imaging",
  zoneHoldsPatientData: true,
  outsideAddress: "192.0.2.9",
  outsidePort: 443,
  transport: "tcp",
  verdict: "outside-list",
  list: "eu-eea",
  countries: ["US"],
  confidence: 85,
};
const of = { policyRevision: "r1", builds: { "country-db": "2026-06-17", "as-db": "2026-06-01" } };
const rows = (more: Partial<Finding>) => {
  const texts: Record<string, string[]> = {};
  for (const [label, text] of evidenceRows({ ...base, ...more }, of)) (texts[label] ??= []).push(text);
  return texts;
};

it.each<[string, Partial<Finding>, string, string[] | undefined]>([
  ["the host by name and address, with its zone", {}, "who", ["CT-3 (10.1.2.3) in zone imaging, which holds patient data"]],
  ["a host in no zone", { zone: undefined as never }, "who", ["CT-3 (10.1.2.3), in no zone"]],
  [
    "the client that a proxy of the site names",
    { forwardedFor: "10.1.2.3", insideAddress: "10.1.0.80" },
    "who",
    ["CT-3 (10.1.2.3), by the word of the site's proxy 10.1.0.80, in zone imaging, which holds patient data"],
  ],
  [
    "that client by its address alone",
    { asset: "10.1.2.7", forwardedFor: "10.1.2.7", insideAddress: "10.1.0.80" },
    "who",
    ["10.1.2.7, by the word of the site's proxy 10.1.0.80, in zone imaging, which holds patient data"],
  ],
  ["that no name is known", {}, "to whom", ["192.0.2.9 port 443/tcp; no name is known"]],
  ["how a name is known", { name: "a.example", nameSource: "sni" }, "to whom", ["a.example (name from TLS SNI) at 192.0.2.9 port 443/tcp"]],
  [
    "a party of whom other marks speak too",
    { party: "acme", partyBy: "name", partyAlso: ["hoster"] },
    "party",
    ["acme, registered by name; not certain: hoster is named by other marks"],
  ],
  ["the target behind a proxy", { proxiedTo: "a.example:443" }, "through", ["the site's proxy, which was asked for a.example:443"]],
  ["tunnels", { tunnels: ["gre", "vxlan"] }, "through", ["tunnels, outermost first: gre, vxlan"]],
  ["country, verdict, list and confidence", {}, "where", ["the US, outside the list eu-eea, confidence 85 of 100"]],
  ["an inside end as such, without a party", { verdict: undefined as never, countries: [] }, "where", ["inside the site"]],
  [
    "that transit has no place",
    { verdict: undefined as never, countries: [], zone: undefined as never },
    "where",
    ["not placed: neither end is in the site's own networks"],
  ],
  ["what would have allowed it", { wouldAllow: "an entry" }, "would allow", ["an entry"]],
  ["what would end a fault of bordertap's own", { insideAddress: undefined as never, wouldAllow: "room" }, "would end it", ["room"]],
  ["what such a fault is about", { insideAddress: undefined as never, name: "eth0" }, "about", ["eth0"]],
  ["no party of an inside end", { verdict: undefined as never }, "party", undefined],
  [
    "every claim with its kind",
    {
      claims: [
        { source: "country-db", build: "2026-06-17", countries: ["US"] },
        { kind: "rtt-bound", source: "speed-of-light", countries: [], note: "answered within 4 ms" },
      ],
    },
    "claim",
    [
      "US, says country-db 2026-06-17 (country database)",
      "no country, says speed-of-light (round trip measured here): answered within 4 ms",
    ],
  ],
  [
    "the hash of each file once, and the builds of those that said nothing",
    { claims: [1, 2].map(() => ({ source: "country-db", build: "2026-06-17", sha256: "ab12", countries: ["US"] })) },
    "database",
    ["country-db 2026-06-17, sha256 ab12", "as-db 2026-06-01"],
  ],
  [
    "a list that comes with bordertap as such",
    { claims: [{ kind: "anycast", source: "anycast", build: "2026-11-01", sha256: "", countries: [] }] },
    "database",
    ["anycast 2026-11-01, a list of bordertap's own, part of the policy revision", "country-db 2026-06-17", "as-db 2026-06-01"],
  ],
])("tells %s", (_, more, label, texts) => {
  expect(rows(more)[label]).toEqual(texts);
});

it.each(["indeterminate", "contradicted"] as const)("says what %s means", (verdict) => {
  expect(rows({ verdict })["which means"]).toHaveLength(1);
});
