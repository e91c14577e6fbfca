import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { giveOver, takeOver } from "../../../src/config/load-beside.ts";
import { parcelsOf, unpack } from "../../../src/config/parcels.ts";
import { AppError } from "../../../src/lib/errors.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-beside-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inFile = (text: string): string => {
  const path = join(folder, "c.yaml");
  writeFileSync(path, text);
  return path;
};

/** What the other end of a channel makes of it. */
async function beside(path: string) {
  const { port1, port2 } = new MessageChannel();
  try {
    giveOver(port1, path);
    return await takeOver(port2);
  } finally {
    port1.close();
  }
}

const largeTable = Array.from(
  { length: 3000 },
  (_, n) => `p${n},processor,p${n}.example;p${n}.test,20.${n >> 8}.${n & 255}.0/24;21.${n >> 8}.${n & 255}.0/24,DE`,
);

describe("a configuration read beside", () => {
  it.each([
    ["empty", ""],
    [
      "zones, own lists and a register in a table",
      "partiesFile: p.csv\nzones: [{ name: z, networks: [10.1.0.0/16], data: [imaging] }]\njurisdictions: [{ name: l, countries: [LU], source: s }]\n",
    ],
    ["with a warning", "parties: [{ name: a, role: processor, domains: [a.example], agreementEnds: 2020-01-01 }]\n"],
  ])("is what would have been read here: %s", async (_, text) => {
    writeFileSync(join(folder, "p.csv"), ["name,role,domains,networks,countries", ...largeTable].join("\n"));
    const path = inFile(text);
    const here = loadConfig(path);
    const there = await beside(path);
    expect(there).toEqual(here);
    expect(
      [there.config, there.site, there.site.parties, there.config.parties.at(-1)?.networks ?? there.config.geo].every(Object.isFrozen),
    ).toBe(true);
  });

  it.each([
    ["all that is wrong with it", "inside: [x]\nzones: 3\n"],
    ["no YAML", "a: [\n"],
  ])("tells the same problems: %s", async (_, text) => {
    const path = inFile(text);
    const error = await beside(path).catch((thrown: unknown) => thrown);
    let here: unknown;
    try {
      loadConfig(path);
    } catch (thrown) {
      here = thrown;
    }
    expect(error).toBeInstanceOf(AppError);
    expect({ ...(error as object) }).toEqual({ ...(here as object) });
    expect((error as Error).message).toBe((here as Error).message);
  });

  it("tells of a file that is not there", async () => {
    await expect(beside(join(folder, "none.yaml"))).rejects.toMatchObject({ name: "AppError", code: "config_unreadable", exitCode: 2 });
  });
});

describe("parcels", () => {
  const rebuilt = (value: unknown) =>
    parcelsOf(value)
      .map((parcel) => structuredClone(parcel))
      .reduce<unknown>(unpack, undefined);
  const numbers = Array.from({ length: 10_000 }, (_, n) => n);

  it.each<[string, unknown]>([
    ["a small value", { a: 1, b: [1, 2] }],
    ["a long list", { a: numbers, b: "x" }],
    ["a long list in an entry of a list", { a: [{ b: 1 }, { b: 2, c: numbers }, { b: 3 }, { c: numbers, d: numbers }] }],
    ["a list of lists", [numbers, [numbers, []], []]],
    ["no list", undefined],
  ])("put together again are what they were cut from: %s", (_, value) => {
    expect(rebuilt(value)).toEqual(value);
  });

  it("are small, one and all", () => {
    const parcels = parcelsOf({ a: numbers, b: [{ c: numbers }] });
    expect(parcels.length).toBeGreaterThan(5);
    expect(Math.max(...parcels.map(({ value }) => JSON.stringify(value).length))).toBeLessThan(40_000);
  });
});
