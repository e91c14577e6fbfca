import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { explain } from "../../../src/app/explain.ts";
import { candidatesText, importParties } from "../../../src/app/party-register.ts";
import { previewText } from "../../../src/app/preview.ts";
import { recordingOfFile } from "../../../src/app/recorded-flows.ts";
import { geoDbDigests } from "../../../src/app/rules.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { createCandidates } from "../../../src/enrich/candidates.ts";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { FlowView } from "../../../src/model/flow.ts";
import { policyRevision } from "../../../src/policy/revision.ts";
import { flow, zone } from "../enrich/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const document = (more: object = {}) =>
  JSON.stringify({
    "@timestamp": "2026-11-20T10:00:00.500000Z",
    network: { type: "ipv4", transport: "tcp" },
    source: { ip: "10.1.0.1", port: 50_000, bytes: 700 },
    destination: { ip: "198.51.100.7", port: 443, bytes: 300, domain: "files.example" },
    bordertap: { judgement: "violation", zone: "imaging", vlan_ids: ["100", "7"] },
    ...more,
  });

test("flows as analyze writes them are read back: ends, time, names, and what was judged", async () => {
  const seen: unknown[] = [];
  const path = file(
    "f.jsonl",
    `${document()}\n\n${document({ tls: { client: { server_name: "sni.example" }, server: { subject: "O=Acme" } } })}\n`,
  );
  await recordingOfFile(path).each((batch, recorded) => {
    const view = new FlowView().at(batch, 0);
    seen.push([
      view.responderPort,
      view.endMicros,
      view.vlanCount,
      view.vlanInner,
      view.facts?.names,
      view.facts?.tls?.server?.subject,
      recorded,
    ]);
  });
  const recorded = { flows: 1, bytesOut: 700, bytesIn: 300, zone: "imaging", party: "", country: "", judgement: "violation" };
  const micros = Date.parse("2026-11-20T10:00:00.500Z") * 1000;
  expect(seen).toEqual([
    [443, micros, 2, 7, [{ name: "files.example", source: "host" }], undefined, recorded],
    [443, micros, 2, 7, [{ name: "sni.example", source: "sni" }], "O=Acme", recorded],
  ]);
});

test.each([
  ["no JSON", "{\n", /f2\.jsonl:1 is no list of flows/],
  ["no addresses", `${document()}\n${document({ source: {} })}\n`, /f2\.jsonl:2 is no list of flows.*source\.ip/],
])("%s is told with its line", async (_, text, message) => {
  await expect(recordingOfFile(file("f2.jsonl", text)).each(() => {})).rejects.toThrow(message);
});

test("a file that is not there is told as such", async () => {
  await expect(recordingOfFile(join(folder, "none.jsonl")).each(() => {})).rejects.toThrow(/cannot read .*none\.jsonl/);
});

test("the preview as a table, most bytes first as given, and what becomes looser", () => {
  const row = { zone: "imaging", party: "acme", country: "CH", before: "authorised", after: "violation", flows: 1200, bytesOut: 5e6 };
  const text = previewText({
    title: "flows.jsonl",
    flows: 5000,
    bytesOut: 9e6,
    changes: [row],
    isCut: false,
    loosenings: [{ kind: "party", name: "x", text: "party x is registered" }],
  });
  expect(text.split("\n")).toEqual([
    "against flows.jsonl: 1,200 of 5,000 flows (9.00 MB out) would be judged otherwise",
    "",
    "zone     party  country  was         becomes    flows  out",
    "imaging  acme   CH       authorised  violation  1,200  5.00 MB",
    "",
    "looser than before:",
    "  party x is registered",
    "",
  ]);
});

function judgedFlow(name: string | undefined, bytes: number) {
  const judged = createJudgedFlow();
  judged.flow = flow("10.1.0.1", "198.51.100.7");
  judged.direction = "outbound";
  judged.zone = zone("imaging");
  judged.name = name;
  judged.newBytesOut = bytes;
  return judged;
}

test("candidates are organisations, not hosts; registered ones and inside traffic are none", () => {
  const candidates = createCandidates();
  candidates.add(judgedFlow("a.files.example.co.uk", 10));
  candidates.add(judgedFlow("b.files.example.co.uk", 20));
  candidates.add(judgedFlow(undefined, 5));
  candidates.add({ ...judgedFlow("x.acme.eu", 99), party: { name: "acme" } as never });
  candidates.add({ ...judgedFlow("x.inside.eu", 99), direction: "internal" });
  expect(candidates.list().map(({ key, by, bytesOut, flows, zones }) => [key, by, bytesOut, flows, [...zones]])).toEqual([
    ["example.co.uk", "domain", 30, 2, ["imaging"]],
    ["198.51.100.7", "address", 5, 1, ["imaging"]],
  ]);
});

test("candidates are bounded: those with fewest bytes go, and are counted", () => {
  const candidates = createCandidates(10);
  for (let n = 0; n < 25; n += 1) candidates.add(judgedFlow(`www.site-${n}.example`, 1000 - n));
  expect(candidates.list().length).toBeLessThanOrEqual(10);
  expect(candidates.list().length + candidates.forgotten()).toBe(25);
  expect(candidates.list()[0].key).toBe("site-0.example");
});

test("import: a right register becomes YAML that means the same", () => {
  const path = file("right.csv", "name,role,domains,countries,documents\nacme,processor,acme.eu;acme.us,NO,dpf 2027-01-31 D/1\n");
  const { yaml, count } = importParties(path, undefined);
  expect(count).toBe(1);
  const { config } = parseConfig(yaml, "c.yaml", [{ name: "eu-eea", title: "", countries: ["LU"], source: "" }], { HOME: "/h" });
  expect(config.parties[0]).toMatchObject({
    name: "acme",
    domains: ["acme.eu", "acme.us"],
    countries: ["NO"],
    documents: [{ kind: "dpf", ends: "2027-01-31", reference: "D/1" }],
  });
});

test("import: all or nothing, and marks that the configuration has already are told", () => {
  const config = file("c.yaml", "parties:\n  - {name: acme, role: provider, domains: [acme.eu]}\n");
  const path = file("wrong.csv", "name,role,domains\nok,provider,ok.eu\nother,provider,acme.eu\n");
  expect(() => importParties(path, config)).toThrow(/wrong\.csv:3:16 row 2, domains: is the same as parties\[0\]\.domains\[0\]/);
});

test.each([
  [{}, /say one of --alert, --flow, --address/],
  [{ alert: "a", address: "b" }, /say one of/],
  [{ flow: "what" }, /is no flow id/],
  [{ address: "what" }, /is no IPv4 or IPv6 address/],
])("explain: wrong use %j", async (options, message) => {
  await expect(explain(options)).rejects.toThrow(message);
});

test("candidates of no traffic", async () => {
  const config = file("empty.yaml", "site: {name: x}\n");
  const flows = file("none.jsonl", "");
  // Without compiled databases this cannot run: that is said, not passed over.
  await expect(candidatesText({ flows, config }, 10).catch((error: Error) => error.message)).resolves.toMatch(
    /everybody who was seen is registered|geo compile/,
  );
});

test("the data that judges is in the policy's revision: another file of geo-db is another policy", () => {
  const place = mkdtempSync(join(folder, "geo-db-"));
  const revisions = ["services: []\n", "services: [x]\n", "services: []\n"].map((text) => {
    writeFileSync(join(place, "services.yaml"), text);
    writeFileSync(join(place, "notes.txt"), String(Math.random()));
    return policyRevision("c1", geoDbDigests(place));
  });
  expect(revisions[1]).not.toBe(revisions[0]);
  expect(revisions[2]).toBe(revisions[0]);
});
