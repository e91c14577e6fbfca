import { beforeEach, expect, test } from "vitest";
import { createEnricher, type Enricher } from "../../../src/enrich/enricher.ts";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { createNames } from "../../../src/enrich/names.ts";
import { createZones, isInside, LOCAL_SCOPE, OUTSIDE } from "../../../src/enrich/zones.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { flow, party, site, testPlaces, words, zone } from "./fixture.ts";

const imaging = zone("imaging", { networks: ["10.1.0.0/16"], vlans: [100], order: 1 });
const ct = zone("ct", { networks: ["10.1.5.0/24"], order: 2 });
const guest = zone("guest", { networks: ["10.9.0.0/16"], vlans: [200, 300], order: 0, data: ["guest"] });
const here = site({
  zones: [imaging, ct, guest],
  assets: [{ address: "10.1.5.3", name: "CT-3", owner: undefined, department: "radiology" }],
  parties: [party("acme", { domains: ["acme.eu"], networks: ["6.6.0.0/16"] })],
});
const places = testPlaces();
const out = createJudgedFlow();
let enricher: Enricher;
beforeEach(() => {
  enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
});

test.each([
  ["10.1.2.3", "5.5.5.5", "outbound", "imaging", ["DE"], 100, 50],
  ["5.5.5.5", "10.1.2.3", "inbound", "imaging", ["DE"], 50, 100],
  ["10.1.2.3", "10.9.0.1", "internal", "imaging", undefined, 100, 50],
  ["5.5.5.5", "6.6.6.6", "transit", undefined, ["US"], 100, 50],
  ["10.200.0.1", "5.5.5.5", "outbound", "unassigned", ["DE"], 100, 50],
  ["2a02:678::9", "2a00::1", "outbound", "unassigned", ["LU"], 100, 50],
  ["10.1.2.3", "192.168.7.7", "outbound", "imaging", [], 100, 50],
  ["10.1.2.3", "224.0.0.251", "internal", "imaging", undefined, 100, 50],
  ["10.1.2.3", "255.255.255.255", "internal", "imaging", undefined, 100, 50],
  ["0.0.0.0", "255.255.255.255", "internal", "unassigned", undefined, 100, 50],
  ["fe80::1", "ff02::fb", "internal", "unassigned", undefined, 100, 50],
  ["fe80::1", "2a02:678::9", "internal", "unassigned", undefined, 100, 50],
  ["169.254.3.3", "10.1.2.3", "internal", "imaging", undefined, 100, 50],
  ["169.254.3.3", "5.5.5.5", "outbound", "unassigned", ["DE"], 100, 50],
  ["5.5.5.5", "239.1.1.1", "inbound", "unassigned", ["DE"], 50, 100],
])("%s → %s is %s, zone %s", (from, to, direction, zoneName, countries, bytesOut, bytesIn) => {
  enricher.enrich(flow(from, to), out);
  expect([out.direction, out.zone?.name, out.place?.countries]).toEqual([direction, zoneName, countries]);
  expect([out.bytesOut, out.bytesIn, out.newBytesOut, out.newBytesIn]).toEqual([bytesOut, bytesIn, bytesOut / 2, bytesIn / 2]);
});

test("addresses and ports by side", () => {
  enricher.enrich(flow("10.1.5.3", "5.5.5.5", { toPort: 104, down: 0 }), out);
  expect([out.insideAddress(), out.outsideAddress(), out.outsidePort(), out.asset?.name, out.isInsideInitiator]).toEqual([
    "10.1.5.3",
    "5.5.5.5",
    104,
    "CT-3",
    true,
  ]);
  expect(out.isEstablished).toBe(false);
  enricher.enrich(flow("2a00::7", "10.1.5.3", { toPort: 104 }), out);
  expect([out.insideAddress(), out.outsideAddress(), out.outsidePort(), out.asset?.name, out.isInsideInitiator]).toEqual([
    "10.1.5.3",
    "2a00::7",
    50_000,
    "CT-3",
    false,
  ]);
  expect(out.isEstablished).toBe(true);
});

test.each<[string, number[], string]>([
  ["10.1.5.3", [], "imaging"],
  ["10.200.0.1", [100], "imaging"],
  ["10.200.0.1", [7], "unassigned"],
  ["10.1.5.3", [200], "guest"],
  ["10.1.5.3", [7, 200], "guest"],
  ["10.9.0.1", [100], "guest"],
  ["10.200.0.1", [100, 300], "guest"],
])("zone of %s on VLANs %j by order: %s", (from, vlans, expected) => {
  enricher.enrich(flow(from, "5.5.5.5", { vlans }), out);
  expect(out.zone?.name).toBe(expected);
});

test("a site's own zone named unassigned is used; its networks are not needed", () => {
  const own = zone("unassigned", { isJudged: false });
  const zones = createZones(site({ zones: [own] }), ["fe80::/10"]);
  expect(zones.all).toEqual([own]);
  expect(zones.zoneOf(zones.classify(...words("10.3.3.3")), flow("10.3.3.3", "5.5.5.5"))).toBe(own);
  expect(["10.3.3.3", "5.5.5.5"].map((a) => isInside(zones.classify(...words(a))))).toEqual([true, false]);
  expect([zones.classify(...words("fe80::1")), zones.classify(...words("5.5.5.5"))]).toEqual([LOCAL_SCOPE, OUTSIDE]);
});

test("a zone that covers all of inside takes local scope too; no other zone is made up", () => {
  const whole = zone("inside", { networks: ["10.0.0.0/8", "2a02:678::/32"] });
  const zones = createZones(site({ zones: [whole] }), ["fe80::/10"]);
  expect(zones.all).toEqual([whole]);
  expect(zones.zoneOf(zones.classify(...words("fe80::1")), flow("fe80::1", "fe80::2"))).toBe(whole);
});

test("link-local networks that the site calls its own are inside", () => {
  const zones = createZones(site({ inside: ["fe80::/10"] }), ["fe80::/10"]);
  expect(isInside(zones.classify(...words("fe80::1")))).toBe(true);
});

const facts = (more: Partial<FlowFacts>): FlowFacts => ({ protocols: ["tls"], ...more });
const asked = (name: string, address: string) =>
  facts({ protocols: ["dns"], resolved: [{ name, addresses: [...words(address)], aliases: [], ttlSeconds: 60, atMicros: 1_000_000e6 }] });

test("names: what the flow says before what DNS said, certificates between, strangers' answers last", () => {
  const name = (given: FlowFacts | undefined, from = "10.1.2.3") => {
    enricher.enrich(flow(from, "5.5.5.5", given ? { facts: given } : {}), out);
    return out.name && `${out.name} ${out.nameSource}`;
  };
  expect(name(undefined)).toBeUndefined();
  expect(name(facts({ names: [{ name: "weak.example", source: "dns" }] }))).toBe("weak.example dns");
  enricher.enrich(flow("10.1.2.3", "10.1.0.53", { facts: asked("dns.example", "5.5.5.5"), toPort: 53 }), out);
  expect(name(undefined)).toBe("dns.example dns");
  expect(name(undefined, "10.1.2.4")).toBe("dns.example dns-elsewhere");
  expect(name(facts({ names: [{ name: "cert.example", source: "certificate" }] }))).toBe("cert.example certificate");
  expect(
    name(
      facts({
        names: [
          { name: "host.example", source: "host" },
          { name: "sni.example", source: "sni" },
        ],
      }),
    ),
  ).toBe("sni.example sni");
});

test("a flow opened from outside: its SNI names the inside server, so it does not name the outside end", () => {
  enricher.enrich(flow("5.5.5.5", "10.1.2.3", { facts: facts({ names: [{ name: "portal.acme.eu", source: "sni" }] }) }), out);
  expect([out.name, out.party]).toEqual([undefined, undefined]);
});

test("the party by name, by network; nothing is left over from the flow before", () => {
  enricher.enrich(flow("10.1.2.3", "5.5.5.5", { facts: facts({ names: [{ name: "x.acme.eu", source: "sni" }] }) }), out);
  expect([out.party?.name, out.partyBy]).toEqual(["acme", "name"]);
  enricher.enrich(flow("10.1.2.3", "6.6.1.1"), out);
  expect([out.party?.name, out.partyBy, out.name]).toEqual(["acme", "prefix", undefined]);
  enricher.enrich(flow("10.1.2.3", "10.9.0.1"), out);
  expect([out.party, out.partyBy, out.place, out.location, out.name, out.nameSource]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
