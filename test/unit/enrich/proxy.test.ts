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
    parties: [
      party("acme", { domains: ["acme.eu"] }),
      party("house", { role: "own-site", domains: ["hospital.example"] }),
      party("named", { domains: ["named.eu"], networks: ["6.6.0.0/16"] }),
    ],
    authorisations: [authorisation("A-1", { parties: ["acme", "named"], until: "2099-12-31" })],
  });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
  const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
  const out = createJudgedFlow();
  return {
    out,
    see(from: string, to: string, facts?: FlowFacts, at?: number) {
      enricher.enrich(flow(from, to, { ...(facts ? { facts } : {}), ...(at === undefined ? {} : { at }) }), out);
      policy.judgeFlow(out);
      return out;
    },
  };
}

const asked = (...targets: string[]): FlowFacts => ({ protocols: ["http"], proxy: { by: "connect", targets } });
const answer = (name: string, ...addresses: string[]): FlowFacts => ({
  protocols: ["dns"],
  resolved: [{ name, addresses: addresses.flatMap(words), aliases: [], ttlSeconds: 60, atMicros: 1e12 }],
});
const PROXY = "10.2.0.1";
const OTHER = "10.1.0.66";
const MINUTE = 60e6;

test("a flow to a proxy is judged by what it asked for, located by the proxy's own DNS answers", () => {
  const { see } = setUp();
  see("10.2.0.1", "10.0.0.53", answer("files.example", "6.1.1.1"));
  const out = see("10.1.0.1", "10.2.0.1", asked("Files.example:443"));
  expect([out.direction, out.zone?.name, out.name, out.nameSource]).toEqual(["outbound", "imaging", "files.example", "host"]);
  expect([out.location?.verdict, out.judgement.word, out.judgement.rule]).toEqual(["outside-list", "violation", "list:eu-eea"]);
  expect([out.proxiedTo, out.insideAddress(), out.outsideAddress(), out.outsidePort()]).toEqual([
    "Files.example:443",
    "10.1.0.1",
    "6.1.1.1",
    443,
  ]);
});

test("nobody asked for the name on this wire: undecided, and never the proxy's address", () => {
  const { see } = setUp();
  const out = see("10.1.0.1", "10.2.0.1", asked("files.example:443"));
  expect([out.direction, out.place, out.location?.verdict]).toEqual(["outbound", undefined, "indeterminate"]);
  expect([out.judgement.word, out.judgement.rule, out.outsideAddress()]).toEqual(["undecided", "no-rule", "files.example"]);
  const known = see("10.1.0.1", "10.2.0.1", asked("pacs.acme.eu:443"));
  expect([known.party?.name, known.judgement.word, known.judgement.rule]).toEqual(["acme", "undecided", "unproven:A-1"]);
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

test.each<[string, [asker: string, ...addresses: string[]][], string, number, (string | undefined)[]]>([
  [
    "the proxy's own answer outweighs another host's",
    [
      [PROXY, "6.1.1.1"],
      [OTHER, "5.1.1.1"],
    ],
    "x.example",
    0,
    ["violation", "6.1.1.1"],
  ],
  ["another host's, where the proxy's was not seen", [[OTHER, "6.1.1.1"]], "x.example", 0, ["violation", "6.1.1.1"]],
  ["one that has ended says nothing", [[PROXY, "5.1.1.1"]], "x.example", 7 * MINUTE, ["undecided", "x.example"]],
  ["one that ended a moment ago is still used by the proxy", [[PROXY, "5.1.1.1"]], "x.example", 5 * MINUTE, ["approved", "5.1.1.1"]],
  ["several that agree", [[PROXY, "5.1.1.1", "5.2.2.2"]], "x.example", 0, ["approved", "5.1.1.1"]],
  ["several that agree over two lists of countries", [[PROXY, "5.1.1.1", "2a00::1"]], "x.example", 0, ["approved", "5.1.1.1"]],
  ["several that do not", [[PROXY, "5.1.1.1", "6.1.1.1"]], "x.example", 0, ["undecided", "5.1.1.1"]],
  [
    "other hosts that do not",
    [
      [OTHER, "5.1.1.1"],
      ["10.1.0.67", "6.1.1.1"],
    ],
    "x.example",
    0,
    ["undecided", "5.1.1.1"],
  ],
  ["more than can be held", [[PROXY, ...Array.from({ length: 17 }, (_, n) => `5.1.1.${n}`)]], "x.example", 0, ["undecided", "x.example"]],
  ["an inside address, told to another host", [[OTHER, "10.1.2.3"]], "evil.example", 0, ["undecided", "evil.example"]],
  ["an inside address, told to the proxy", [[PROXY, "10.1.2.3"]], "x.example", 0, ["ignored", PROXY]],
  ["an inside address of the site's own name", [[OTHER, "10.1.2.3"]], "intra.hospital.example", 0, ["ignored", PROXY]],
  ["inside and outside at once", [[PROXY, "10.1.2.3", "5.1.1.1"]], "x.example", 0, ["undecided", "x.example"]],
  ["a party in its own network", [[PROXY, "6.6.1.1"]], "x.named.eu", 0, ["authorised", "6.6.1.1"]],
  ["of several addresses the first does not prove the party", [[PROXY, "6.6.1.1", "6.1.1.1"]], "x.named.eu", 0, ["undecided", "6.6.1.1"]],
])("located: %s", (_, answers, name, after, expected) => {
  const { see } = setUp();
  for (const [asker, ...addresses] of answers) see(asker, "10.0.0.53", answer(name, ...addresses));
  const out = see("10.1.0.1", PROXY, asked(`${name}:443`), 1e12 + after);
  expect([out.judgement.word, out.outsideAddress()]).toEqual(expected);
});

test("the target's address and port stand for the outside end, and nothing of it stays", () => {
  const { see } = setUp();
  const out = see("10.1.0.1", PROXY, asked("6.1.1.1:8443"));
  expect([out.proxiedWords, out.outsidePort()]).toEqual([words("6.1.1.1"), 8443]);
  expect(see("10.1.0.1", "5.1.1.1").proxiedWords).toBeUndefined();
});

test("names are bounded, the first learned goes; and so are the answers of one name", () => {
  const targets = createProxyTargets(2);
  const learn = (asker: string, name: string, address: string) =>
    targets.learn(words(asker), { name, addresses: words(address), aliases: [], ttlSeconds: 1, atMicros: 0 });
  for (const n of [1, 2, 3]) learn(PROXY, `n${n}`, `5.0.0.${n}`);
  const found = (name: string) => targets.read(name, words(PROXY), 0)?.addresses;
  expect(["n1", "n2", "n3"].map(found)).toEqual([[], words("5.0.0.2"), words("5.0.0.3")]);
  for (let n = 0; n < 100; n += 1) learn(`10.1.0.${n}`, "n3", "6.1.1.1");
  expect(found("n3")?.length).toBe(8 * 4);
});
