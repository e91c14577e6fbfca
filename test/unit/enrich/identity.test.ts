import { expect, test } from "vitest";
import { createAssets } from "../../../src/enrich/assets.ts";
import { createEnricher } from "../../../src/enrich/enricher.ts";
import { createInsideHosts } from "../../../src/enrich/inside-hosts.ts";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { createNames } from "../../../src/enrich/names.ts";
import type { DhcpFacts, FlowFacts } from "../../../src/model/facts.ts";
import { D, FlowBatch, FlowView, I } from "../../../src/model/flow.ts";
import type { Asset, Site } from "../../../src/model/site.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { flow, site, testPlaces, words } from "./fixture.ts";

const asset = (name: string, more: Partial<Asset>): Asset => ({ address: "", name, owner: undefined, department: undefined, ...more });
const registered = [
  asset("CT-3", { address: "10.1.5.3" }),
  asset("pumps", { address: "10.1.5.0/24", department: "ICU" }),
  asset("monitor", { mac: "00:1b:21:aa:01:02" }),
];
const places = testPlaces();

function setUp(more: Partial<Site> = {}) {
  const here = site({ assets: registered, ...more });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 100, losses: new Losses(), seed: 1 }) });
  const out = createJudgedFlow();
  return {
    see: (from: string, to: string, facts?: FlowFacts) => enricher.enrich(flow(from, to, facts ? { facts } : {}), out),
    assetOf(from: string, mac?: [number, number]) {
      enricher.enrich(mac ? withMac(from, mac) : flow(from, "5.5.5.5"), out);
      return out.asset;
    },
  };
}

function withMac(from: string, [high, low]: [number, number]): FlowView {
  const batch = new FlowBatch(1);
  batch.count = 1;
  batch.doubles[D.startMicros] = 1e12;
  batch.ints.set(words(from), I.initiatorAddress);
  batch.ints.set(words("5.5.5.5"), I.responderAddress);
  batch.ints[I.initiatorMac] = high;
  batch.ints[I.initiatorMac + 1] = low | 0x10000;
  return new FlowView().at(batch, 0);
}

const lease = (dhcp: DhcpFacts): FlowFacts => ({ protocols: ["dhcp"], dhcp });
const answer = (name: string, ...addresses: string[]): FlowFacts => ({
  protocols: ["dns"],
  resolved: [{ name, addresses: addresses.flatMap((text) => words(text)), aliases: [], ttlSeconds: 60, atMicros: 1e12 }],
});

test("registered by address, else by the network around it, else by the MAC address of its frames", () => {
  const { assetOf } = setUp();
  expect(assetOf("10.1.5.3")?.name).toBe("CT-3");
  expect(assetOf("10.1.5.4")?.name).toBe("pumps");
  expect(assetOf("10.7.7.7")).toBeUndefined();
  expect(assetOf("10.7.7.7", [0x001b21aa, 0x0102])?.name).toBe("monitor");
  expect(assetOf("10.7.7.7", [0x001b21aa, 0x0103])).toBeUndefined();
});

test("a DHCP lease makes a registered MAC address known behind routers, and names the others", () => {
  const { see, assetOf } = setUp();
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.1", mac: "00:1b:21:aa:01:02", hostname: "nonsense" }));
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.2", mac: "00:00:00:00:00:09", hostname: "us-7" }));
  expect(assetOf("10.8.0.1")?.name).toBe("monitor");
  expect(assetOf("10.8.0.2")).toEqual({ address: "10.8.0.2", name: "us-7", owner: undefined, department: undefined, learnedFrom: "dhcp" });
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.1.5.3", mac: "00:00:00:00:00:09", hostname: "liar" }));
  expect(assetOf("10.1.5.3")?.name).toBe("CT-3");
});

test("DNS names inside hosts that nothing else names; a name that leads outside names none", () => {
  const { see, assetOf } = setUp();
  see("10.1.1.1", "10.0.0.53", answer("pacs.hospital.example", "10.8.0.9"));
  see("10.1.1.1", "10.0.0.53", answer("www.example", "5.5.5.5"));
  expect(assetOf("10.8.0.9")).toMatchObject({ name: "pacs.hospital.example", learnedFrom: "dns" });
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.9", hostname: "pacs-2" }));
  expect(assetOf("10.8.0.9")?.name).toBe("pacs-2");
  see("10.1.1.1", "10.0.0.53", answer("alias.hospital.example", "10.8.0.9"));
  expect(assetOf("10.8.0.9")?.name).toBe("pacs-2");
});

test("host names are not learned when the site says so; leases of registered MAC addresses are", () => {
  const { see, assetOf } = setUp({ learnsHostNames: false });
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.2", mac: "00:00:00:00:00:09", hostname: "us-7" }));
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.1", mac: "00:1b:21:aa:01:02" }));
  see("10.1.1.1", "10.0.0.53", answer("pacs.hospital.example", "10.8.0.9"));
  expect([assetOf("10.8.0.2"), assetOf("10.8.0.9"), assetOf("10.8.0.1")?.name]).toEqual([undefined, undefined, "monitor"]);
});

test("outside of address translation only what is registered by address is known", () => {
  const { see, assetOf } = setUp({ tap: "outside-nat" });
  see("0.0.0.0", "255.255.255.255", lease({ address: "10.8.0.2", hostname: "us-7" }));
  expect([assetOf("10.8.0.2"), assetOf("10.7.7.7", [0x001b21aa, 0x0102]), assetOf("10.1.5.3")?.name]).toEqual([
    undefined,
    undefined,
    "CT-3",
  ]);
});

test("hints are bounded: the first heard of goes", () => {
  const hosts = createInsideHosts(createAssets([]), 2);
  for (const n of [1, 2, 3]) hosts.lease({ address: `10.0.0.${n}`, hostname: `h${n}` });
  expect(hosts.count()).toBe(2);
  expect([1, 2, 3].map((n) => hosts.hostOf(...words(`10.0.0.${n}`))?.name)).toEqual([undefined, "h2", "h3"]);
});
