import { expect, test } from "vitest";
import { encodedBytes, ReadingBudget } from "../../../src/dissect/reading-budget.ts";
import { ReportTimes } from "../../../src/dissect/report-times.ts";
import { lines } from "../../fuzz/seeds.mjs";
import { ask, Play } from "../../golden/dissect/play.ts";

/** What one flow's facts may come to on the link. */
const MOST_ENCODED = 49_152;

function budgetOf(totalBytes: number) {
  const gone: number[] = [];
  const budget: ReadingBudget = new ReadingBudget(totalBytes, (slot) => {
    gone.push(slot);
    budget.free(slot);
  });
  budget.growTo(8);
  return { budget, gone };
}

test.each(["plain", 'a "word" and \\x01', "Müller", "東京"])("a text is counted as it is written out: %s", (text) => {
  expect(encodedBytes(text)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(text)) + 1);
});

test("who takes more than there is makes another give way, one that was read since being passed over once", () => {
  const { budget, gone } = budgetOf(3000);
  for (const slot of [1, 2, 3]) budget.take(slot, 1000);
  budget.touch(1);
  budget.take(4, 1000);
  expect(gone).toEqual([2]);
  budget.take(5, 1000);
  expect(gone).toEqual([2, 3]);
  budget.take(6, 1000);
  expect(gone).toEqual([2, 3, 4]);
  budget.take(7, 1000);
  expect([gone, budget.counters]).toEqual([[2, 3, 4, 5], { readingBytes: 3000, gaveWay: 4 }]);
});

test("who takes does not give way to himself, however much it is", () => {
  const { budget, gone } = budgetOf(100);
  budget.take(1, 5000);
  expect([gone, budget.counters.readingBytes]).toEqual([[], 5000]);
});

test("the facts of one flow have a limit, and freeing gives all back", () => {
  const { budget } = budgetOf(1e9);
  let taken = 0;
  while (budget.takeText(1, "\\".repeat(500))) taken += 1;
  expect(taken).toBe(Math.floor(MOST_ENCODED / (500 * 2 + 3 + 32)));
  expect(budget.takeText(2, "x")).toBe(true);
  budget.free(1);
  budget.free(2);
  expect(budget.counters.readingBytes).toBe(0);
  expect(budget.takeText(1, "x")).toBe(true);
});

test("eight reports at once, then one a second; what waits is owed; the last one does not wait", () => {
  const times = new ReportTimes();
  times.growTo(2);
  const due = (atMicros: number, isLast = false) => times.isDue(1, atMicros, isLast);
  for (let n = 0; n < 8; n += 1) expect(due(1e12 + n)).toBe(true);
  expect([times.isOwed(1), due(1e12 + 100), times.isOwed(1), times.isOwed(0)]).toEqual([false, false, true, false]);
  expect([due(1e12 + 7 + 999_999), due(1e12 + 7 + 1e6), times.isOwed(1)]).toEqual([false, true, false]);
  expect([due(1e12 + 1.1e6), due(1e12 + 1.2e6, true)]).toEqual([false, true]);
  // Packet time may go back.
  expect(due(5)).toBe(true);
  times.forget(1);
  expect(due(6)).toBe(true);
});

const REPORT = 8;
/** A request whose every field is new, and as long as facts have it when it is written out. */
const loud = (n: number) =>
  Buffer.concat(
    [`GET http://h${n}.example/ HTTP/1.1\r\nHost: `, "\r\nUser-Agent: ", "\r\nContent-Type: "]
      .flatMap((text) => [Buffer.from(text), Buffer.from(String(n)), Buffer.alloc(250, 1)])
      .concat(Buffer.from("\r\n\r\n")),
  );

test("a connection with ever new names is reported now and then, with so much of them as one flow may have", () => {
  const play = new Play(6, 80);
  for (let n = 0; n < 256; n += 1) play.send(ask(loud(n)));
  const text = JSON.stringify(play.facts);
  expect(text.length).toBeGreaterThan(MOST_ENCODED / 2);
  expect(text.length).toBeLessThan(MOST_ENCODED + 2048);
  expect(play.facts?.factsDropped).toBeGreaterThan(256);
  expect(play.dissection.losses.of("facts_dropped")).toBe(play.facts?.factsDropped);
  expect(play.bits.filter((bits) => bits & REPORT)).toHaveLength(8);
  play.stepMicros = 1e6;
  // What waited is told, though this packet brings nothing new.
  play.send(ask(loud(0)));
  expect(play.bits.at(-1)! & REPORT).toBe(REPORT);
  play.send(ask(loud(0)));
  expect(play.bits.at(-1)! & REPORT).toBe(0);
});

test("connections that wait for a body do not take all memory: the first gives way, its name stays, and one that goes on is spared", () => {
  const play = new Play(6, 80, { readingTotalBytes: 100_000 });
  const { dissection } = play;
  const post = (n: number) => ask(lines("POST / HTTP/1.1", `Host: h${n}.example`, "Content-Length: 9000", "", "abc"), { offset: 0 });
  let offset = 0;
  for (let slot = 10; slot < 300; slot += 1) {
    play.sendTo(slot, post(slot));
    const get = lines("GET / HTTP/1.1", `Host: s${slot}.example`, "");
    play.sendTo(5, ask(get, { offset }));
    offset += get.length;
  }
  const { readingBytes, gaveWay } = dissection.counters();
  expect(readingBytes).toBeLessThanOrEqual(100_000);
  expect(gaveWay).toBeGreaterThan(200);
  expect(dissection.losses.of("dissect_limit")).toBe(gaveWay);
  expect(dissection.factsOf(10)).toEqual({ protocols: ["http"], names: [{ name: "h10.example", source: "host" }], factsDropped: 1 });
  expect(dissection.factsOf(5)?.http?.hosts).toContain("s260.example");
  for (let slot = 0; slot < 300; slot += 1) dissection.forget(slot);
  expect(dissection.counters()).toMatchObject({ readingBytes: 0, bytesKept: 0 });
});

test("a flow of datagrams that gave way is read on, under its name", () => {
  const query = (name: string) => {
    const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
    return ask(Buffer.concat([Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 1, 0, 1])]));
  };
  const play = new Play(17, 53, { readingTotalBytes: 4000 });
  for (let slot = 0; slot < 20; slot += 1) play.sendTo(slot, query(`a${slot}.example`));
  expect(play.dissection.factsOf(0)).toEqual({ protocols: ["dns"], factsDropped: 1 });
  play.sendTo(0, query("later.example"));
  expect(play.dissection.factsOf(0)?.dns?.questions).toEqual([{ name: "later.example", type: "A" }]);
});
