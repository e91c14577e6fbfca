import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FlowRecord } from "../../unit/flows/flow-runs.ts";
import { runAll } from "../../unit/flows/flow-runs.ts";
import { CAPTURES } from "./captures.ts";

/** A flow record in one line, as the expected files have it. */
function lineOf(record: FlowRecord): string {
  const { kind, closedBy, transport, from, to, ports, by, packets, bytes, state, vlans } = record;
  const end = (address: string, port: number) => (port < 0 ? address : `${address} ${port}`);
  const text = `${kind} ${closedBy} ${transport} ${end(from, ports[0])} > ${end(to, ports[1])} by ${by} packets ${packets} bytes ${bytes}`;
  return `${text}${transport === 6 ? ` ${state}` : ""}${vlans.length > 0 ? ` vlan ${vlans}` : ""}`;
}

const folder = import.meta.dirname;

describe("small captures give these flow records", () => {
  it.each(Object.entries(CAPTURES))("%s", (name, packets) => {
    const expected = readFileSync(join(folder, `${name}.txt`), "utf8");
    expect(`${runAll(packets()).map(lineOf).join("\n")}\n`).toBe(expected);
  });

  it("every expected file has its capture", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
    expect(files.sort()).toEqual(
      Object.keys(CAPTURES)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});
