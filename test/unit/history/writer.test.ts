import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listHour, listHours, listParts } from "../../../src/history/parts.ts";
import { openHistory } from "../../../src/history/query.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import { placeDurably } from "../../../src/lib/place-file.ts";
import { alert, HOUR, inProcess, judged, newFolder, newWriter, SECOND } from "./make.ts";

const count = async (folder: string, what = "count(*)") =>
  (await (await openHistory(folder)).query({ limit: 5, sql: `SELECT ${what} FROM flow_events` })).rows[0];

/** Lets the server's own work go on until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 2000 && !(await holds()); n += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(await holds()).toBe(true);
}

describe("the writer", () => {
  it("puts rows into the hour of their packet time, strays apart", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    for (const at of [HOUR, HOUR + 3600 * SECOND - 0.25, HOUR + 3600 * SECOND, 0, -5, Number.NaN, 1e300]) writer.take(judged({ at }));
    await writer.flush();
    await writer.close();
    const hours = await listHours(folder, "flows");
    expect(hours).toEqual([-1, 0, HOUR / 3600e6, HOUR / 3600e6 + 1]);
    expect(readdirSync(join(folder, "flows")).sort()).toEqual(["date=1970-01-01", "date=2026-11-21", "date=stray"]);
    expect(readdirSync(join(folder, "flows/date=2026-11-21"))).toEqual(["hour=13", "hour=14"]);
    expect(await count(folder)).toEqual([7]);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("says what is durable by the number of events taken", async () => {
    const durable: number[] = [];
    const writer = newWriter(newFolder(), { onDurable: (taken) => durable.push(taken) });
    for (let n = 0; n < 5000; n += 1) writer.take(judged({ id: n, at: HOUR }));
    expect(durable).toEqual([]);
    await writer.flush();
    expect(durable).toEqual([4096, 5000]);
    await writer.flush();
    await writer.close();
  });

  it("carries policy revision, builds and sensor epoch of the time", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    writer.take(judged({ id: 1, at: HOUR }));
    writer.setContext({ policyRevision: "r2", builds: { a: "2" } });
    writer.sensorStarted("e9", 0);
    writer.take(judged({ id: 2, at: HOUR }));
    await writer.close();
    const { rows } = await (await openHistory(folder)).query({
      limit: 5,
      sql: "SELECT policy_revision, database_builds, sensor_epoch, sequence FROM flows ORDER BY flow_id",
    });
    expect(rows).toEqual([
      ["r1", '{"geo-whois":"2026-06-17"}', "e1", 1],
      ["r2", '{"a":"2"}', "e9", 2],
    ]);
  });

  it("starts the process again and gives it what was not durable, so that nothing is lost or doubled", async () => {
    const folder = newFolder();
    const clock = new ManualClock(1e12);
    const ends: ((reason: string) => void)[] = [];
    let places = 0;
    // Dies between the two files of a round: one hour is durable, the other is not, and nobody was told.
    const place = async (from: string, to: string) => {
      places += 1;
      if (places === 2) {
        ends[0]("ended by SIGKILL");
        throw new Error("dead");
      }
      await placeDurably(from, to);
    };
    const writer = newWriter(folder, { clock, start: inProcess({ place, onStart: (end) => ends.push(end) }) });
    await until(() => ends.length === 1);
    for (let n = 0; n < 10; n += 1) writer.take(judged({ id: n, at: HOUR + n * 1200 * SECOND }));
    const flushed = writer.flush(1e9);
    await until(() => writer.health.state === "degraded");
    expect(JSON.stringify(writer.health)).toContain("SIGKILL");
    for (let n = 10; n < 20; n += 1) writer.take(judged({ id: n, at: HOUR + n * 1200 * SECOND }));
    clock.advance(500);
    await flushed;
    await writer.flush(1e9);
    expect(ends).toHaveLength(2);
    expect(writer.health.state).toBe("ok");
    expect(await count(folder, "count(*), count(DISTINCT flow_id)")).toEqual([20, 20]);
    const closed = writer.close();
    await closed;
  });

  it("waits out a full disk, then writes all", async () => {
    const folder = newFolder();
    const clock = new ManualClock(1e12);
    let isFull = true;
    const place = (from: string, to: string) =>
      isFull ? Promise.reject(new Error("ENOSPC: no space left on device")) : placeDurably(from, to);
    const writer = newWriter(folder, { clock, start: inProcess({ place, clock }) });
    writer.take(judged({ id: 1, at: HOUR }));
    const flushed = writer.flush(1e9);
    await until(() => writer.health.state === "degraded");
    expect(JSON.stringify(writer.health)).toContain("no space left");
    await expect(writer.query({ limit: 5 })).resolves.toMatchObject({ rows: [expect.anything()] });
    isFull = false;
    await until(() => {
      clock.advance(1000);
      return writer.health.state === "ok";
    });
    await flushed;
    expect(await count(folder)).toEqual([1]);
    await writer.close();
  });

  it("drops and counts when the queue is full, without holes in what it keeps", async () => {
    const folder = newFolder();
    const clock = new ManualClock(1e12);
    const ends: ((reason: string) => void)[] = [];
    const durable: number[] = [];
    const writer = newWriter(folder, {
      clock,
      queueMegabytes: 2,
      onDurable: (n) => durable.push(n),
      start: inProcess({ onStart: (end) => ends.push(end) }),
    });
    ends[0]("gone");
    await until(() => writer.health.state === "degraded");
    const event = judged({ at: HOUR });
    for (let n = 0; n < 20_000; n += 1) writer.take(event);
    const dropped = writer.losses.of("history_dropped");
    expect(dropped).toBeGreaterThan(5000);
    expect(dropped).toBeLessThan(20_000);
    clock.advance(500);
    await writer.flush(1e9);
    writer.take(event);
    await writer.flush(1e9);
    expect(durable.at(-1)).toBe(20_001);
    expect(await count(folder, "count(*), max(sequence)")).toEqual([20_001 - dropped, 20_001]);
    await writer.close();
  });

  it("gives up a flush that takes too long, and says why", async () => {
    const clock = new ManualClock(1e12);
    const writer = newWriter(newFolder(), { clock, start: inProcess({ place: () => Promise.reject(new Error("ENOSPC")) }) });
    writer.take(judged({ at: HOUR }));
    const flushed = writer.flush(5000);
    await until(() => writer.health.state === "degraded");
    clock.advance(5000);
    await expect(flushed).rejects.toMatchObject({ code: "history_unavailable" });
  });

  it("refuses queries while the process is away", async () => {
    const ends: ((reason: string) => void)[] = [];
    const writer = newWriter(newFolder(), { clock: new ManualClock(), start: inProcess({ onStart: (end) => ends.push(end) }) });
    ends[0]("gone");
    await until(() => writer.health.state === "degraded");
    await expect(writer.query({ limit: 1 })).rejects.toMatchObject({ code: "history_unavailable" });
  });

  it("removes leftovers of a crash at start and never reads them", async () => {
    const folder = newFolder();
    const first = newWriter(folder);
    first.take(judged({ at: HOUR }));
    await first.close();
    const [part] = await listParts(folder, "flows");
    mkdirSync(join(folder, "tmp"), { recursive: true });
    writeFileSync(join(folder, "tmp", "flows-1-1.tmp"), "PAR1 half");
    writeFileSync(join(part.path, "..", "part-x.parquet.tmp"), "PAR1 half");
    expect(await count(folder)).toEqual([1]);
    const second = newWriter(folder);
    await second.query({ limit: 1 }).catch(() => undefined);
    second.take(judged({ at: HOUR }));
    await second.close();
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    expect(await count(folder)).toEqual([2]);
  });

  it("merges the parts of a quiet hour, all rows kept, in the order of recording", async () => {
    const folder = newFolder();
    const clock = new ManualClock(1e12);
    const writer = newWriter(folder, { clock, start: inProcess({ clock }) });
    for (let n = 0; n < 5; n += 1) {
      writer.take(judged({ id: n, at: HOUR + n }));
      writer.takeAlert(alert("a", n + 1));
      await writer.flush(1e9);
    }
    expect(await listParts(folder, "flows")).toHaveLength(5);
    clock.advance(240_000);
    await until(async () => (await listParts(folder, "flows")).length === 1 && (await listParts(folder, "alerts")).length === 1);
    const [part] = await listParts(folder, "flows");
    expect([part.first, part.last]).toEqual([1, 5]);
    expect(await count(folder, "list(flow_id)")).toEqual([[0, 1, 2, 3, 4]]);
    await writer.close();
  });

  it("expires the oldest hours when the size is reached, and keeps the newest", async () => {
    const folder = newFolder();
    const clock = new ManualClock(1e12);
    const writer = newWriter(folder, { clock, retentionGigabytes: 1e-9, start: inProcess({ clock }) });
    for (let n = 0; n < 3; n += 1) writer.take(judged({ id: n, at: HOUR + n * 3600 * SECOND }));
    await writer.flush(1e9);
    clock.advance(240_000);
    await until(async () => (await listHours(folder, "flows")).length === 1);
    expect(await count(folder, "list(flow_id)")).toEqual([[2]]);
    expect(readdirSync(join(folder, "flows/date=2026-11-21"))).toEqual(["hour=15"]);
    await writer.close();
  });

  it("never counts a file twice that a merge has replaced", async () => {
    const folder = newFolder();
    const at = join(folder, "flows/date=2026-11-21/hour=13");
    mkdirSync(at, { recursive: true });
    for (const name of [
      "part-r1-1-9-0.parquet",
      "part-r1-1-4-0.parquet",
      "part-r1-5-9-0.parquet",
      "part-r1-10-10-0.parquet",
      "part-r2-1-1-0.parquet",
      "notes.txt",
      "part-r1-1-1.parquet",
    ])
      writeFileSync(join(at, name), "");
    const { parts, covered } = await listHour(folder, "flows", HOUR / 3600e6);
    expect(parts.map((part) => part.name)).toEqual(["part-r1-1-9-0.parquet", "part-r1-10-10-0.parquet", "part-r2-1-1-0.parquet"]);
    expect(covered.map((part) => part.name)).toEqual(["part-r1-1-4-0.parquet", "part-r1-5-9-0.parquet"]);
  });
});
