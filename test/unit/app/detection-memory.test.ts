import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DetectionMemory, LARGEST_BYTES, type MemoryFiles } from "../../../src/app/detection-memory.ts";
import { Health } from "../../../src/obs/health.ts";
import type { Log } from "../../../src/obs/log.ts";
import { silentLog } from "../../../src/obs/silent-log.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-memory-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A memory on files that are not there, what was done to them, and what was said. */
function remembering(disk: Record<string, { text: string; bytes?: number }> = {}, fails: Partial<Record<keyof MemoryFiles, string>> = {}) {
  const done: string[] = [];
  const said: string[] = [];
  const tried = (what: keyof MemoryFiles, ...names: string[]) => {
    done.push([what, ...names].join(" "));
    if (fails[what] !== undefined) throw new Error(fails[what]);
  };
  const files: MemoryFiles = {
    size: (path) => (disk[path] === undefined ? undefined : (disk[path].bytes ?? disk[path].text.length)),
    read(path) {
      tried("read", path);
      return disk[path].text;
    },
    setAside(from, to) {
      tried("setAside", from, to);
      disk[to] = disk[from];
      delete disk[from];
    },
    async write(path, text) {
      tried("write", path);
      disk[path] = { text };
    },
    async place(from, to) {
      tried("place", from, to);
      disk[to] = disk[from];
      delete disk[from];
    },
  };
  const health = new Health(() => 0);
  const log: Log = { ...silentLog, warn: (message) => said.push(message) };
  const state = () => health.toJSON().components["detection memory"];
  return { memory: new DetectionMemory("m", health, log, files), disk, done, said, state };
}

describe("what detections remember", () => {
  it("is read as it was written, the new file put in place of the old one only when it is whole", async () => {
    const { memory, done, state } = remembering();
    await memory.write({ seen: [1, 2] });
    expect(memory.read()).toEqual({ seen: [1, 2] });
    expect(done).toEqual(["write m.new", "place m.new m", "read m"]);
    expect(state()).toMatchObject({ state: "ok" });
  });

  it("is nothing at a first start, and nothing is said of that", () => {
    const { memory, said, state } = remembering();
    expect(memory.read()).toBeUndefined();
    expect([said, state()]).toEqual([[], undefined]);
  });

  it("a file too large to be ours is not read: it is kept aside, and that is said", () => {
    const { memory, disk, done, said, state } = remembering({ m: { text: "{}", bytes: LARGEST_BYTES + 1 } });
    expect(memory.read()).toBeUndefined();
    expect(done).toEqual(["setAside m m.set-aside"]);
    expect(Object.keys(disk)).toEqual(["m.set-aside"]);
    expect(said).toEqual([
      expect.stringMatching(/^m cannot be used \(it has 268 MB, .*\): kept as m\.set-aside; baselines are learned anew$/),
    ]);
    expect(state()).toMatchObject({ state: "degraded", reason: said[0] });
  });

  it("a torn file is kept aside too", () => {
    const { memory, disk, said } = remembering({ m: { text: '{"seen":[1,' } });
    expect(memory.read()).toBeUndefined();
    expect([Object.keys(disk), said.length]).toEqual([["m.set-aside"], 1]);
  });

  it.each<[string, Partial<Record<keyof MemoryFiles, string>>, RegExp]>([
    ["cannot be read", { read: "EIO" }, /^cannot read m: EIO/],
    ["cannot be kept aside", { read: "", setAside: "EACCES" }, /^cannot read m: /],
  ])("a file that %s stops nothing, and is left where it is", (_, fails, text) => {
    const { memory, disk, said } = remembering({ m: { text: "{" } }, fails);
    expect(memory.read()).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(text)]);
    expect(Object.keys(disk)).toEqual(["m"]);
  });

  it.each<keyof MemoryFiles>(["write", "place"])(
    "where %s fails the old file stays, and that is said until it works again",
    async (step) => {
      const fails: Partial<Record<keyof MemoryFiles, string>> = { [step]: "ENOSPC" };
      const { memory, disk, said, state } = remembering({ m: { text: '{"old":1}' } }, fails);
      await memory.write({ fresh: 1 });
      expect(disk.m.text).toBe('{"old":1}');
      expect(said).toEqual([expect.stringContaining("cannot write m: ENOSPC")]);
      expect(state()).toMatchObject({ state: "degraded" });
      delete fails[step];
      await memory.write({ fresh: 2 });
      expect(memory.read()).toEqual({ fresh: 2 });
      expect(state()).toMatchObject({ state: "ok" });
    },
  );

  describe("on a disk", () => {
    const path = join(folder, "detections.json");
    beforeEach(() => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    });

    it("is the same", async () => {
      const memory = new DetectionMemory(path, new Health(() => 0));
      await Promise.all([memory.write({ n: 1 }), memory.write({ n: 2 })]);
      expect(readdirSync(folder)).toEqual(["detections.json"]);
      expect([JSON.parse(readFileSync(path, "utf8")), memory.read()]).toEqual([{ n: 2 }, { n: 2 }]);
    });

    it("is set aside where it is too large", () => {
      writeFileSync(path, "{}");
      truncateSync(path, LARGEST_BYTES + 1);
      expect(new DetectionMemory(path, new Health(() => 0)).read()).toBeUndefined();
      expect(readdirSync(folder)).toEqual(["detections.json.set-aside"]);
    });
  });
});
