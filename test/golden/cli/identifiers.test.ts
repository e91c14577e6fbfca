import { spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSiteKey, readSiteKey } from "../../../src/app/site-key.ts";
import { associate, contextAnswers, contexts, dicomCommand, dicomData, mllp } from "../../fuzz/seeds.mjs";
import { pcapHeader, pcapRecord } from "../../unit/capture/make-capture.ts";
import { imageHead } from "../dissect/identifiers/dicom-elements.ts";
import { ends } from "../scenarios/play.ts";
import { talk } from "../scenarios/wire.ts";

const main = resolve(import.meta.dirname, "../../../dist/main.js");
const folder = mkdtempSync(join(tmpdir(), "bordertap-identifiers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RAW = { accession: "ACC-20260101-77", patient: "PAT-0815-XY", study: "1.2.276.0.7230010.3.1.2.8323329.1" };
const VALUES = Object.values(RAW);

function bordertap(args: string[], input = "") {
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, "elsewhere") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env, input });
  return { status, stdout, stderr };
}

/** The same study to two places, and a message about it. */
function capture(): string {
  const CT = "1.2.840.10008.5.1.4.1.1.2";
  const store: [0 | 1, Buffer][] = [
    [0, associate(1, "PACS", "CT01", contexts([1, CT]))],
    [1, associate(2, "PACS", "CT01", contextAnswers([1, 0]))],
    [0, Buffer.concat([dicomCommand(0x0001), dicomData(Buffer.concat([imageHead(RAW), Buffer.alloc(9000, 7)]), 4096)])],
  ];
  const segments = [`PID|1||${RAW.patient}^^^HOSP||DOE^JANE`, `OBR|1||${RAW.accession}`];
  const frames = [
    talk(ends("10.1.0.20", "54.231.10.4", 11_112), store),
    talk(ends("10.1.0.21", "85.214.132.117", 11_112), store),
    talk(ends("10.1.0.22", "54.231.10.4", 2575), [[0, mllp("ORU^R01", { more: segments })]]),
  ].flatMap((beats) => [...beats]);
  let micros = 0;
  const packets = frames.map(({ afterMicros, frame }) => {
    micros += Math.round(afterMicros);
    return pcapRecord(frame, { seconds: 1_795_000_000 + Math.floor(micros / 1e6), fraction: micros % 1e6 });
  });
  const path = join(folder, "day.pcap");
  writeFileSync(path, Buffer.concat([pcapHeader(), ...packets]));
  return path;
}

/** A configuration with a state folder of its own; `key`: with the site's key in it. */
function site(name: string, { isOn = true, key }: { isOn?: boolean; key?: Buffer } = {}) {
  const state = join(folder, name);
  mkdirSync(state);
  if (key) writeFileSync(join(state, "identifiers.key"), key, { mode: 0o600 });
  const config = join(folder, `${name}.yaml`);
  writeFileSync(
    config,
    `inside: [10.0.0.0/8]\nzones: [{ name: imaging, networks: [10.1.0.0/16], data: [imaging] }]\nstate: { folder: ${state} }\ndissect: { hashIdentifiers: ${isOn} }\n`,
  );
  return { state, config };
}

const day = capture();

/** Every output of `analyze`, and the identifiers by responder. */
function analyze(config: string) {
  const [flows, summary] = [join(folder, "flows.jsonl"), join(folder, "summary.json")];
  const { status, stdout, stderr } = bordertap(["analyze", day, "--config", config, "--flows", flows, "--summary", summary]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const text = readFileSync(flows, "utf8");
  const documents = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const byPlace = Object.fromEntries(documents.map((one) => [`${one.destination.ip}:${one.destination.port}`, one.identifiers]));
  return { byPlace, everything: `${stdout}${text}${readFileSync(summary, "utf8")}` };
}

test("the same study to two places has one hash, under the site's key, and no output has a value", () => {
  const key = randomBytes(32);
  const { config, state } = site("on", { key });
  const hash = (value: string) => createHmac("sha256", key).update(value).digest("hex").slice(0, 16);
  const study = { study: [hash(RAW.study)], patient: [hash(RAW.patient)], accession: [hash(RAW.accession)] };
  const { byPlace, everything } = analyze(config);
  expect(byPlace).toEqual({
    "54.231.10.4:11112": study,
    "85.214.132.117:11112": study,
    "54.231.10.4:2575": { patient: study.patient, accession: study.accession },
  });
  for (const value of [...VALUES, "DOE"]) expect(everything).not.toContain(value);
  // What it wrote itself beside: nothing.
  expect(readdirSync(state)).toEqual(["identifiers.key"]);
});

test("without a key each run has one of its own", () => {
  const { config, state } = site("no-key");
  const [one, two] = [analyze(config), analyze(config)].map(({ byPlace }) => byPlace["54.231.10.4:11112"].study[0]);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(two).not.toBe(one);
  expect(readdirSync(state)).toEqual([]);
});

test("off: no flow has any", () => {
  const { byPlace, everything } = analyze(site("off", { isOn: false, key: randomBytes(32) }).config);
  expect(Object.values(byPlace)).toEqual([undefined, undefined, undefined]);
  for (const value of VALUES) expect(everything).not.toContain(value);
});

test("a known value is tested from standard input, and not repeated", () => {
  const key = randomBytes(32);
  const { config, state } = site("hash", { key });
  const hash = (value: string) => createHmac("sha256", key).update(value).digest("hex").slice(0, 16);
  for (const where of [
    ["--config", config],
    ["--state", state],
  ]) {
    const said = bordertap(["identifiers", "hash", ...where], `${RAW.study}\n ${RAW.patient} \r\n`);
    expect(said).toEqual({ status: 0, stdout: `${hash(RAW.study)}\n${hash(RAW.patient)}\n`, stderr: "" });
  }
  expect(bordertap(["identifiers", "hash", "--config", config], `${RAW.study}${"9".repeat(60)}\n`)).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.not.stringContaining("8323329"),
  });
  expect(bordertap(["identifiers", "hash", "--config", site("keyless").config], "x\n")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no key of identifiers in .*keyless/),
  });
  expect(bordertap(["identifiers", "hash", RAW.patient]).status).toBe(2);
});

test("the key is made once, for its owner alone", () => {
  const state = join(folder, "new", "state");
  expect(readSiteKey(state)).toBeUndefined();
  const key = openSiteKey(state);
  expect(key).toHaveLength(32);
  expect(openSiteKey(state)).toEqual(key);
  const path = join(state, "identifiers.key");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(state)).toEqual(["identifiers.key"]);
  chmodSync(path, 0o640);
  expect(() => openSiteKey(state)).toThrow(/can be read by others/);
  chmodSync(path, 0o600);
  writeFileSync(path, key.subarray(1));
  expect(() => openSiteKey(state)).toThrow(/has 31 bytes, a key has 32/);
  writeFileSync(join(folder, "a-file"), "");
  expect(() => openSiteKey(join(folder, "a-file"))).toThrow(/the key of identifiers .*a-file/);
});
