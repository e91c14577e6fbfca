import { expect, test } from "vitest";
import { createEnricher } from "../../../src/enrich/enricher.ts";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { createNames } from "../../../src/enrich/names.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { flow, site, testPlaces, zone } from "./fixture.ts";

const places = testPlaces();
const CLIENT = "10.1.0.7";
const UNKNOWN_CLIENT = "10.1.0.8";
const PROXY = "10.2.0.1";
const SECOND_PROXY = "10.2.0.2";
const OUTSIDE = "6.1.1.1";

function see(from: string, to: string, ...chains: string[]) {
  const here = site({
    zones: [zone("imaging", { networks: ["10.1.0.0/16"] }), zone("proxies", { networks: ["10.2.0.0/16"] })],
    proxies: ["10.2.0.0/30"],
    assets: [
      { address: CLIENT, name: "CT-3", owner: "radiology", department: undefined, mac: "00:1b:21:aa:01:02" },
      { address: PROXY, name: "proxy", owner: undefined, department: undefined },
    ],
  });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
  const out = createJudgedFlow();
  const facts: FlowFacts = { protocols: ["http"], ...(chains.length > 0 ? { forwarded: { for: chains } } : {}) };
  enricher.enrich(flow(from, to, { facts }), out);
  return [out.asset?.name, out.forwardedFor, out.zone?.name, out.insideAddress()];
}

test.each([
  ["the client that it names", [CLIENT], "CT-3", CLIENT],
  ["what the client itself made up stands before it", [`10.1.0.99, ${CLIENT}`], "CT-3", CLIENT],
  ["by way of another proxy of the site", [`${CLIENT}, ${SECOND_PROXY}`], "CT-3", CLIENT],
  ["a client that is not registered", [UNKNOWN_CLIENT], UNKNOWN_CLIENT, UNKNOWN_CLIENT],
  ["the same client by two ways", [CLIENT, `${CLIENT}, ${SECOND_PROXY}`], "CT-3", CLIENT],
])("a proxy's flow is that of its client: %s", (_, chains, asset, client) => {
  expect(see(PROXY, OUTSIDE, ...chains)).toEqual([asset, client, "proxies", PROXY]);
});

test.each([
  ["nothing is said", []],
  ["requests of several clients", [CLIENT, UNKNOWN_CLIENT]],
  ["a client outside", ["6.2.2.2"]],
  ["an outside hop that names an inside one", [`${CLIENT}, 6.2.2.2`]],
  ["proxies alone", [SECOND_PROXY]],
])("near miss, the flow stays the proxy's: %s", (_, chains) => {
  expect(see(PROXY, OUTSIDE, ...chains)).toEqual(["proxy", undefined, "proxies", PROXY]);
});

test("near miss: whoever is no configured proxy is not believed", () => {
  expect(see("10.2.0.9", OUTSIDE, CLIENT)).toEqual([undefined, undefined, "proxies", "10.2.0.9"]);
  expect(see(UNKNOWN_CLIENT, OUTSIDE, CLIENT)).toEqual([undefined, undefined, "imaging", UNKNOWN_CLIENT]);
  expect(see(OUTSIDE, PROXY, CLIENT)).toEqual(["proxy", undefined, "proxies", PROXY]);
});

test("the client's own baseline does not count what the proxy sends for it again", () => {
  const here = site({
    proxies: [PROXY],
    assets: [{ address: CLIENT, name: "CT-3", owner: undefined, department: undefined, mac: "00:1b:21:aa:01:02" }],
  });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
  const out = createJudgedFlow();
  enricher.enrich(flow(PROXY, OUTSIDE, { facts: { protocols: ["http"], forwarded: { for: [CLIENT] } } }), out);
  expect(out.asset).toEqual({ address: CLIENT, name: "CT-3", owner: undefined, department: undefined, learnedFrom: "proxy" });
});
