import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Alerts, JournalFile, JournalFiles } from "../../../src/alerts/index.ts";
import { decodeJournal } from "../../../src/alerts/journal.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import { Health } from "../../../src/obs/health.ts";
import { finding, open } from "./finding.ts";

const NOW = Date.UTC(2026, 10, 21, 14);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-alerts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const journal = () => join(folder, "alerts.journal");
const stateOf = (alerts: Alerts) => structuredClone(alerts.list().alerts);

/** A disk in memory on which chosen operations fail, or stop in the middle. */
class FaultyDisk implements JournalFiles {
  readonly content = new Map<string, Buffer>();
  failing: "write" | "sync" | "open" | "replace" | undefined;
  /** Bytes that still fit. */
  space = Number.POSITIVE_INFINITY;
  writes = 0;

  read(path: string): Buffer | undefined {
    return this.content.get(path);
  }

  async open(path: string, isEmpty: boolean): Promise<JournalFile> {
    if (this.failing === "open") throw new Error("EACCES: permission denied");
    if (isEmpty || !this.content.has(path)) this.content.set(path, Buffer.alloc(0));
    let name = path;
    const disk = this;
    this.names.push({ get: () => name, set: (to) => (name = to) });
    return {
      async write(bytes, position) {
        disk.writes += 1;
        const before = disk.content.get(name)!;
        const room = disk.failing === "write" ? Math.floor(bytes.length / 2) : Math.min(bytes.length, disk.space - position);
        const part = bytes.subarray(0, Math.max(0, room));
        disk.content.set(name, Buffer.concat([before.subarray(0, position), part, before.subarray(position + part.length)]));
        if (part.length < bytes.length) throw new Error("ENOSPC: no space left on device");
      },
      async sync() {
        if (disk.failing === "sync") throw new Error("EIO: i/o error");
      },
      async truncate(bytes) {
        disk.content.set(name, disk.content.get(name)!.subarray(0, bytes));
      },
      async close() {},
    };
  }

  async replace(from: string, to: string): Promise<void> {
    if (this.failing === "replace") throw new Error("EIO: i/o error");
    this.content.set(to, this.content.get(from)!);
    this.content.delete(from);
    for (const file of this.names) if (file.get() === from) file.set(to);
  }

  private readonly names: { get(): string; set(to: string): void }[] = [];
}

describe("restart", () => {
  it("gives back alerts, their people and the position", async () => {
    const clock = new ManualClock(NOW);
    const first = await open({ folder, clock });
    first.take(finding());
    first.take(finding({ at: 5 }, { inside: "10.0.0.7" }));
    first.take(finding({ key: ["lab", "X", "RS"], severity: "critical" }));
    const { id, revision } = first.list().alerts[1];
    first.act(id, { who: "ana", act: "take", revision, note: "calling Acme" });
    first.commit("spool:77");
    await first.durable();
    const before = stateOf(first);
    await first.close();

    const second = await open({ folder, clock });
    expect(stateOf(second)).toEqual(before);
    expect(second.position).toBe("spool:77");
    // It goes on where it stood: the same thread, the same inside ends, an old revision is still refused.
    second.take(finding({ at: 9 }, { inside: "10.0.0.7" }));
    expect(second.get(id)).toMatchObject({ assetCount: 2, findingCount: 3 });
    expect(second.act(id, { who: "bob", act: "close", reason: "test", note: "x", revision }).result).toBe("conflict");
    await second.close();
  });

  it("writes nothing that the position does not cover", async () => {
    const disk = new FaultyDisk();
    const clock = new ManualClock(NOW);
    const durable: string[] = [];
    const alerts = await open({ folder, files: disk, clock, onDurable: (position) => durable.push(position) });
    alerts.take(finding());
    alerts.commit("1");
    await alerts.durable();
    alerts.take(finding({ at: 1 }));
    clock.advance(10_000);
    await Promise.resolve();
    const halfway = await open({ folder, files: disk, clock });
    expect(halfway.position).toBe("1");
    expect(halfway.list().alerts[0].findingCount).toBe(1);
    alerts.commit("2");
    await alerts.durable();
    expect(durable).toEqual(["1", "2"]);
    const after = await open({ folder, files: disk, clock });
    expect(after.position).toBe("2");
    expect(after.list().alerts[0].findingCount).toBe(2);
  });

  it("drops for good what had no room", async () => {
    const first = await open({ folder, limit: 2 });
    for (let n = 0; n < 5; n += 1) first.take(finding({ at: n, key: ["z", String(n), "US"] }));
    await first.close();
    const second = await open({ folder, limit: 2 });
    expect(second.list().alerts.map(({ evidence }) => evidence.key[1])).toEqual(["3", "4"]);
    await second.close();
  });
});

describe("a journal that was cut", () => {
  it("at any byte: never a wrong alert, at worst the last changes lost", async () => {
    const clock = new ManualClock(NOW);
    const states: string[] = [JSON.stringify([])];
    const alerts = await open({ folder, clock });
    const steps: (() => void)[] = [
      () => alerts.take(finding()),
      () => alerts.take(finding({ at: 4 })),
      () => alerts.take(finding({ at: 5, key: ["lab", "Ö ≤ 3", "RS"] }, { inside: "10.9.9.9" })),
      () =>
        alerts.act(alerts.list().alerts[0].id, {
          who: "ana",
          act: "note",
          note: "line\nbreak",
          revision: alerts.list().alerts[0].revision,
        }),
      () => alerts.take(finding({ at: 6, severity: "critical" })),
    ];
    for (const [n, step] of steps.entries()) {
      step();
      alerts.commit(String(n));
      await alerts.durable();
      states.push(JSON.stringify(alerts.list().alerts));
    }
    await alerts.close();
    const bytes = readFileSync(journal());
    let reached = 0;
    const disk = new FaultyDisk();
    for (let length = 0; length <= bytes.length; length += 1) {
      disk.content.set(journal(), bytes.subarray(0, length));
      const recovered = await open({ folder, files: disk, clock });
      const state = states.indexOf(JSON.stringify(recovered.list().alerts));
      expect(state, `cut at ${length}`).toBeGreaterThanOrEqual(reached);
      expect(recovered.position, `cut at ${length}`).toBe(state === 0 ? undefined : String(state - 1));
      reached = state;
      await recovered.close();
    }
    expect(reached).toBe(steps.length);
  });

  it("goes on after the torn end", async () => {
    const first = await open({ folder });
    first.take(finding());
    await first.close();
    appendFileSync(journal(), '{"alert":{"id":"al_torn"');
    const second = await open({ folder });
    second.take(finding({ key: ["lab", "X", "RS"] }));
    await second.close();
    const third = await open({ folder });
    expect(third.list().total).toBe(2);
    await third.close();
  });

  it("leaves out a damaged group, keeps what follows, and says so", async () => {
    const first = await open({ folder });
    first.take(finding());
    await first.durable();
    const middle = readFileSync(journal()).length;
    first.take(finding({ key: ["lab", "X", "RS"] }));
    await first.durable();
    const end = readFileSync(journal()).length;
    first.take(finding({ key: ["gen", "Y", "CN"] }));
    await first.close();
    const bytes = readFileSync(journal());
    bytes[Math.floor((middle + end) / 2)] ^= 1;
    writeFileSync(journal(), bytes);
    const health = new Health(() => 0);
    const second = await open({ folder, health });
    expect(
      second
        .list()
        .alerts.map(({ evidence }) => evidence.key[0])
        .sort(),
    ).toEqual(["gen", "imaging"]);
    expect(health.toJSON().components.alerts).toMatchObject({ state: "degraded", reason: expect.stringContaining("1 damaged") });
    await second.close();
  });

  it("refuses a file that is something else", async () => {
    writeFileSync(journal(), "hello, this is no journal of alerts at all, it is a longer text\n");
    await expect(open({ folder })).rejects.toMatchObject({ code: "alerts_store", message: expect.stringContaining(journal()) });
    expect(readFileSync(journal(), "utf8")).toMatch(/^hello/);
  });

  it("never throws on any bytes", () => {
    for (let seed = 1; seed < 500; seed += 1) {
      const bytes = Buffer.from('{"journal":"bordertap-alerts","version":1}\n{"drop":"x"}\n{"commit":1,"crc":0}\nnull\n{"commit":1}\n');
      for (let n = 0; n < 4; n += 1) bytes[(seed * 7919 * (n + 1)) % bytes.length] = (seed * 31 + n * 17) & 255;
      decodeJournal(bytes);
    }
  });
});

describe("a disk that refuses", () => {
  it.each(["write", "sync"] as const)("%s: goes on in memory, says so, and catches up", async (failing) => {
    const disk = new FaultyDisk();
    const clock = new ManualClock(NOW);
    const health = new Health(() => clock.nowMs());
    const alerts = await open({ folder, files: disk, clock, health });
    alerts.take(finding());
    await alerts.durable();
    disk.failing = failing;
    alerts.take(finding({ at: 1 }));
    alerts.take(finding({ key: ["lab", "X", "RS"] }));
    clock.advance(100);
    await settled();
    expect(health.toJSON().components.alerts).toMatchObject({
      state: "degraded",
      reason: expect.stringMatching(/cannot write .*trying again/),
    });
    expect(alerts.list().total).toBe(2);
    clock.advance(3000);
    await settled();
    disk.failing = undefined;
    const waited = alerts.durable();
    clock.advance(1000);
    await waited;
    expect(health.toJSON().components.alerts.state).toBe("ok");
    const again = await open({ folder, files: disk, clock });
    expect(stateOf(again)).toEqual(stateOf(alerts));
  });

  it("says at the start what it cannot open", async () => {
    const disk = new FaultyDisk();
    disk.failing = "open";
    await expect(open({ folder, files: disk })).rejects.toMatchObject({ code: "alerts_store" });
  });

  it("closes even so", async () => {
    const disk = new FaultyDisk();
    const alerts = await open({ folder, files: disk });
    disk.failing = "write";
    alerts.take(finding());
    await alerts.close();
  });
});

describe("compaction", () => {
  it("keeps the journal small while alerts grow and change, and loses nothing", async () => {
    const clock = new ManualClock(NOW);
    const alerts = await open({ folder, clock });
    for (let round = 0; round < 60; round += 1) {
      for (let n = 0; n < 100; n += 1) alerts.take(finding({ at: round, key: ["z", String(n), "US"] }, { inside: `10.0.${round}.1` }));
      alerts.commit(String(round));
      await alerts.durable();
    }
    const before = stateOf(alerts);
    await alerts.close();
    expect(readFileSync(journal()).length).toBeLessThan(8_000_000);
    expect(readdirSync(folder)).toEqual(["alerts.journal"]);
    const again = await open({ folder, clock });
    expect(stateOf(again)).toEqual(before);
    expect(again.position).toBe("59");
    await again.close();
  });

  it("that fails leaves the old journal going", async () => {
    const disk = new FaultyDisk();
    const clock = new ManualClock(NOW);
    const alerts = await open({ folder, files: disk, clock });
    disk.failing = "replace";
    for (let round = 0; round < 60; round += 1) {
      for (let n = 0; n < 100; n += 1) alerts.take(finding({ at: round, key: ["z", String(n), "US"] }, { inside: `10.0.${round}.1` }));
      alerts.commit(String(round));
      await alerts.durable();
    }
    const again = await open({ folder, files: disk, clock });
    expect(stateOf(again)).toEqual(stateOf(alerts));
    expect(again.position).toBe("59");
  });
});

/** Lets pending promises run; no time passes. */
async function settled(): Promise<void> {
  for (let n = 0; n < 50; n += 1) await Promise.resolve();
}
