import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Health } from "../../../src/obs/health.ts";
import { Spool } from "../../../src/spool/spool.ts";

let folder: string;
const health = new Health(() => 0);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (more = {}) => new Spool({ folder, health, ...more });
const sequences = (spool: Spool, from = 0) => [...spool.read(from)].map((entry) => entry.sequence);
const fill = (spool: Spool, from: number, to: number, bytes = 100) => {
  for (let n = from; n <= to; n += 1) spool.append("cafe", 0, n, Buffer.alloc(bytes, n));
};

describe("spool", () => {
  it("gives back what it took, in order, also to the next process", () => {
    const first = open();
    fill(first, 1, 5);
    first.close();
    const second = open();
    expect(
      [...second.read(0)].map(({ epoch, thread, sequence, payload }) => [epoch, thread, sequence, payload[0], payload.length]),
    ).toEqual([1, 2, 3, 4, 5].map((n) => ["cafe", 0, n, n, 100]));
    fill(second, 6, 7);
    expect(sequences(second)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("reads from a position", () => {
    const spool = open();
    fill(spool, 1, 2);
    const position = spool.append("cafe", 0, 3, Buffer.alloc(1))!;
    fill(spool, 4, 5);
    expect(sequences(spool, position)).toEqual([4, 5]);
  });

  it("knows what it has, so that a batch sent again is not taken twice", () => {
    const spool = open();
    fill(spool, 1, 3);
    expect([spool.has("cafe", 0, 3), spool.has("cafe", 0, 4), spool.has("cafe", 1, 1), spool.has("beef", 0, 1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    spool.close();
    expect(open().has("cafe", 0, 3)).toBe(true);
  });

  it("cut at any byte, gives all whole entries before the cut and takes new ones", () => {
    const spool = open();
    fill(spool, 1, 3, 10);
    spool.close();
    const [name] = readdirSync(folder);
    const whole = readFileSync(join(folder, name));
    for (let length = 0; length <= whole.length; length += 1) {
      rmSync(folder, { recursive: true });
      open();
      writeFileSync(join(folder, name), whole.subarray(0, length));
      const torn = open();
      const kept = Math.floor(length / 50);
      expect(sequences(torn)).toEqual([1, 2, 3].slice(0, kept));
      torn.append("cafe", 0, 9, Buffer.alloc(3));
      torn.close();
      expect(sequences(open())).toEqual([...[1, 2, 3].slice(0, kept), 9]);
    }
  });

  it("skips a damaged entry's segment from there on, and says nothing false", () => {
    const spool = open();
    fill(spool, 1, 3, 10);
    spool.close();
    const path = join(folder, readdirSync(folder)[0]);
    const bytes = readFileSync(path);
    bytes[50 + 45] ^= 1;
    writeFileSync(path, bytes);
    expect(sequences(open())).toEqual([1]);
  });

  it("rolls segments, trims those before a position, and keeps within its limit by forgetting the oldest, counted", () => {
    const spool = open({ segmentBytes: 1000, limitBytes: 3000 });
    fill(spool, 1, 10);
    const position = [...spool.read(0)].at(-1)!.position;
    expect(readdirSync(folder).length).toBe(2);
    fill(spool, 11, 14);
    spool.trim(position);
    expect(sequences(spool)[0]).toBeGreaterThan(1);
    expect(spool.forgottenSegments).toBe(0);
    fill(spool, 15, 60);
    expect(spool.bytes).toBeLessThanOrEqual(3100);
    expect(spool.forgottenSegments).toBeGreaterThan(0);
    expect(sequences(spool).at(-1)).toBe(60);
  });

  it("says when the disk refuses, goes on, and heals", () => {
    const spool = open({ segmentBytes: 150 });
    fill(spool, 1, 1);
    rmSync(folder, { recursive: true });
    expect(spool.append("cafe", 0, 2, Buffer.alloc(100))).toBeUndefined();
    expect([health.state, spool.failedEntries]).toEqual(["degraded", 1]);
  });

  it("ignores strange files", () => {
    const spool = open();
    fill(spool, 1, 1);
    spool.close();
    appendFileSync(join(folder, "notes.txt"), "x");
    truncateSync(join(folder, "notes.txt"), 0);
    expect(sequences(open())).toEqual([1]);
  });
});
