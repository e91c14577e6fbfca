import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractFlows } from "../../../src/outputs/index.ts";
import { judgedFlow, type Spec } from "../detect/judged.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-flows-"));
  path = join(folder, "flows.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(specs: Spec[]): { source: { port: number } }[] {
  const out = new ContractFlows(path, { hasSite: false });
  for (const spec of specs) out.take(judgedFlow(spec));
  out.finish();
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const ports = (specs: Spec[]) => written(specs).map(({ source }) => source.port);

describe("contract flows", () => {
  it.each<[string, Spec[], number[]]>([
    [
      "by start, not by end",
      [
        { id: 3, start: 2, insidePort: 3 },
        { id: 1, start: 0, insidePort: 1 },
        { id: 2, start: 1, insidePort: 2 },
      ],
      [1, 2, 3],
    ],
    [
      "then by first packet",
      [
        { id: 9, insidePort: 9 },
        { id: 4, insidePort: 4 },
      ],
      [4, 9],
    ],
    [
      "by start where time went backwards",
      [
        { id: 1, start: 50, insidePort: 1 },
        { id: 2, start: 10, insidePort: 2 },
        { id: 3, start: 60, insidePort: 3 },
      ],
      [2, 1, 3],
    ],
    [
      "ids far apart",
      [
        { id: 1e12, start: 2, insidePort: 1 },
        { id: 5, start: 1, insidePort: 2 },
      ],
      [2, 1],
    ],
    [
      "equal ids of two threads",
      [
        { id: 1, start: 2, insidePort: 1 },
        { id: 1, thread: 1, start: 1, insidePort: 2 },
      ],
      [2, 1],
    ],
    [
      "finished flows only",
      [
        { id: 1, kind: "counted", insidePort: 1 },
        { id: 1, kind: "opened" },
        { id: 1, kind: "learned" },
        { id: 1, insidePort: 7 },
      ],
      [7],
    ],
    ["none at all", [], []],
  ])("%s", (_, specs, order) => {
    expect(ports(specs)).toEqual(order);
  });

  it("keeps the order of flow exports, which is that of their records", () => {
    const out = new ContractFlows(path, { hasSite: false }, "as-taken");
    for (const spec of [
      { id: 1, start: 50, insidePort: 1 },
      { id: 2, start: 10, insidePort: 2 },
    ])
      out.take(judgedFlow(spec));
    out.finish();
    expect(
      readFileSync(path, "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).source.port),
    ).toEqual([1, 2]);
  });

  it("goes through a file when there are many, and leaves none behind", () => {
    const facts = { protocols: ["dicom"], dicom: { calledAe: Array.from({ length: 256 }, (_, n) => `AETITLE_${n}_é`) } };
    const specs: Spec[] = Array.from({ length: 9000 }, (_, n) => ({ id: n, start: n, insidePort: n, facts }));
    // Ends in a scrambled order: 4999 and 9000 have no common divisor.
    const scrambled = specs.map((_, n) => specs[(n * 4999) % specs.length]);
    const out = new ContractFlows(path, { hasSite: false });
    for (const spec of scrambled) out.take(judgedFlow(spec));
    expect(out.counters().bytes).toBeGreaterThan(33 << 20);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    out.finish();
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    expect(lines.map((line) => JSON.parse(line).source.port)).toEqual(specs.map(({ insidePort }) => insidePort));
    expect(readdirSync(folder)).toEqual(["flows.jsonl"]);
  });

  it("gives the same bytes on every run", () => {
    const specs: Spec[] = Array.from({ length: 500 }, (_, n) => ({ id: n, start: n % 7, insidePort: n }));
    written(specs);
    const once = readFileSync(path);
    written(specs);
    expect(readFileSync(path).equals(once)).toBe(true);
  });

  it("appears whole or not at all", async () => {
    writeFileSync(path, "old\n");
    const out = new ContractFlows(path, { hasSite: false });
    out.take(judgedFlow());
    expect(readFileSync(path, "utf8")).toBe("old\n");
    await out.close();
    expect(readFileSync(path, "utf8")).toBe("old\n");
    expect(readdirSync(folder)).toEqual(["flows.jsonl"]);
  });

  it("writes devices as they are", () => {
    const out = new ContractFlows("/dev/null", { hasSite: false });
    out.take(judgedFlow());
    out.finish();
    expect(existsSync("/dev/null")).toBe(true);
  });

  it("says which file it cannot write", () => {
    expect(() => new ContractFlows(join(folder, "no", "such", "flows.jsonl"), { hasSite: false })).toThrow(
      /cannot write .*no\/such\/flows\.jsonl: ENOENT/,
    );
  });
});
