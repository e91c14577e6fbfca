import { expect, test } from "vitest";
import { createEnricher } from "../../../src/enrich/enricher.ts";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { createLocator } from "../../../src/enrich/location/verdict.ts";
import { createNames } from "../../../src/enrich/names.ts";
import { createProxyTargets } from "../../../src/enrich/proxy-targets.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { createPolicy } from "../../../src/policy/policy.ts";
import { authorisation, flow, party, site, testPlaces, words, zone } from "./fixture.ts";

const places = testPlaces();

function setUp() {
  const here = site({
    zones: [zone("imaging", { networks: ["10.1.0.0/16"] }), zone("proxies", { networks: ["10.2.0.0/16"] })],
    parties: [party("acme", { domains: ["acme.eu"] })],
    authorisations: [authorisation("A-1", { parties: ["acme"] })],
  });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
  const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
  const out = createJudgedFlow();
  return {
    out,
    see(from: string, to: string, facts?: FlowFacts) {
      enricher.enrich(flow(from, to, facts ? { facts } : {}), out);
      policy.judgeFlow(out);
      return out;
    },
  };
}

const asked = (...targets: string[]): FlowFacts => ({ protocols: ["http"], proxy: { by: "connect", targets } });
const answer = (name: string, address: string): FlowFacts => ({
  protocols: ["dns"],
  resolved: [{ name, addresses: words(address), aliases: [], ttlSeconds: 60, atMicros: 1e12 }],
});

test("a flow to a proxy is judged by what it asked for, located by the proxy's own DNS answers", () => {
  const { see } = setUp();
  see("10.2.0.1", "10.0.0.53", answer("files.example", "6.1.1.1"));
  const out = see("10.1.0.1", "10.2.0.1", asked("Files.example:443"));
  expect([out.direction, out.zone?.name, out.name, out.nameSource]).toEqual(["outbound", "imaging", "files.example", "host"]);
  expect([out.location?.verdict, out.judgement.word, out.judgement.rule]).toEqual(["outside-list", "violation", "list:eu-eea"]);
  expect([out.proxiedTo, out.insideAddress(), out.outsideAddress()]).toEqual(["Files.example:443", "10.1.0.1", "6.1.1.1"]);
});

test("nobody asked for the name on this wire: undecided, and never the proxy's address", () => {
  const { see } = setUp();
  const out = see("10.1.0.1", "10.2.0.1", asked("files.example:443"));
  expect([out.direction, out.place, out.location?.verdict]).toEqual(["outbound", undefined, "indeterminate"]);
  expect([out.judgement.word, out.judgement.rule, out.outsideAddress()]).toEqual(["undecided", "no-rule", "files.example:443"]);
  const known = see("10.1.0.1", "10.2.0.1", asked("pacs.acme.eu:443"));
  expect([known.party?.name, known.judgement.rule]).toEqual(["acme", "authorisation:A-1"]);
});

test.each([
  ["an address", "6.1.1.1:443", "outbound", ["US"]],
  ["an IPv6 address", "[2a00::1]:443", "outbound", ["LU"]],
  ["an inside host", "10.1.9.9:80", "internal", undefined],
  ["no target", "what is this", "internal", undefined],
  ["nothing", undefined, "internal", undefined],
])("asked for %s", (_, target, direction, countries) => {
  const { see } = setUp();
  const out = see("10.1.0.1", "10.2.0.1", asked(...(target === undefined ? [] : [target])));
  expect([out.direction, out.place?.countries]).toEqual([direction, countries]);
});

test("the next flow is no proxy's: nothing of the last one stays", () => {
  const { see } = setUp();
  see("10.1.0.1", "10.2.0.1", asked("6.1.1.1:443"));
  const out = see("10.1.0.1", "10.2.0.1");
  expect([out.direction, out.proxiedTo, out.place, out.party, out.judgement.rule]).toEqual([
    "internal",
    undefined,
    undefined,
    undefined,
    "internal",
  ]);
  expect(see("10.1.0.1", "5.1.1.1").outsideAddress()).toBe("5.1.1.1");
});

test("asked for an address: what is said through the proxy names it; loopback and link-local ends are no proxy of the site", () => {
  const { see } = setUp();
  const facts: FlowFacts = { ...asked("6.1.1.1:80"), names: [{ name: "pacs.acme.eu", source: "host" }] };
  const out = see("10.1.0.1", "10.2.0.1", facts);
  expect([out.name, out.nameSource, out.party?.name, out.outsideAddress()]).toEqual(["pacs.acme.eu", "host", "acme", "6.1.1.1"]);
  expect(see("127.0.0.1", "127.0.0.1", facts).direction).toBe("internal");
});

test("names are bounded: the first learned goes", () => {
  const targets = createProxyTargets(2);
  for (const n of [1, 2, 3]) targets.learn({ name: `n${n}`, addresses: words(`5.0.0.${n}`), aliases: [], ttlSeconds: 1, atMicros: 0 });
  expect(["n1", "n2", "n3"].map((name) => targets.read(name)?.address?.[3])).toEqual([undefined, words("5.0.0.2")[3], words("5.0.0.3")[3]]);
});
