import fc from "fast-check";
import { expect, test } from "vitest";
import { defineDissector, found, needMore, notMine } from "../../../src/dissect/dissector.ts";
import { clientHello, record } from "../../fuzz/seeds.mjs";
import { ask, type Packet, Play, segments } from "../../golden/dissect/play.ts";

const hello = record(22, clientHello({ name: "www.example.org", padding: 600 }));

/** Reads nothing, remembers what it saw. */
function collector(limit: number) {
  const seen: number[] = [];
  const dissector = defineDissector({
    name: "collector",
    transport: "tcp",
    ports: [],
    recognise: (stream) => (stream.length < 1 ? needMore : found),
    begin: () => undefined,
    read(stream) {
      for (let at = stream.start; at < stream.end; at += 1) seen.push(stream.bytes[at]);
      stream.skip(stream.length);
      return seen.length >= limit ? found : needMore;
    },
  });
  return { seen, dissector };
}

test("however a stream is cut, shuffled and repeated, it is read in order, each byte once", () => {
  const stream = Buffer.from(Array.from({ length: 200 }, (_, n) => n));
  const part = fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), fc.integer({ min: 20, max: 80 }), (parts, size) => {
      const { seen, dissector } = collector(200);
      const early: Packet[] = parts.map(([offset, length]) => ask(stream.subarray(offset, offset + length), { offset }));
      new Play(6, 1, { dissectors: [dissector] }).send(...early, ...segments(ask(stream), size));
      expect(Buffer.from(seen).equals(stream)).toBe(true);
    }),
  );
});

test("what was read first counts where segments overlap", () => {
  const { seen, dissector } = collector(6);
  new Play(6, 1, { dissectors: [dissector] }).send(ask(Buffer.from("abcd")), ask(Buffer.from("XXef"), { offset: 2 }));
  expect(Buffer.from(seen).toString()).toBe("abcdef");
});

test("passing over bytes needs neither to wait for them nor to keep them, even where they were not captured", () => {
  let state = "";
  const skipper = defineDissector({
    name: "skipper",
    transport: "tcp",
    ports: [],
    recognise: () => found,
    begin: () => undefined,
    read(stream) {
      while (stream.length > 0) {
        state += String.fromCharCode(stream.bytes[stream.start]);
        stream.skip(1000);
      }
      return needMore;
    },
  });
  const stream = Buffer.concat(["a", "b", "c", "d"].map((letter) => Buffer.alloc(1000, letter)));
  const play = new Play(6, 1, { dissectors: [skipper] }).send(
    ...segments(ask(stream, { captured: 300 }), 1000).map((packet) => ({ ...packet, captured: 300 })),
  );
  expect(state).toBe("abcd");
  expect(play.dissection.counters().bytesKept).toBe(0);
});

test("a dissector that wants more than the limit is shown what there is, and that is all", () => {
  const endless = record(22, clientHello({ name: "long.example", padding: 15_000 }));
  const play = new Play(6, 443, { prefixBytes: 4096 }).send(...segments(ask(endless), 1460));
  expect(play.facts?.names).toEqual([{ name: "long.example", source: "sni" }]);
  expect(play.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
  expect(play.bits.at(-1)).toBe(2);
});

test("when all room is taken the direction that waited longest gives way", () => {
  const plays = new Play(6, 443, { prefixTotalBytes: 3 * 2048 });
  const [first, second] = segments(ask(hello), 400);
  const { dissection } = plays;
  for (let slot = 0; slot < 5; slot += 1) plays.sendTo(slot, first);
  expect(dissection.counters()).toMatchObject({ bytesKept: 3 * 2048, turnedAway: 2 });
  expect(dissection.losses.toJSON()).toEqual({ reassembly_limit: 2 });
  for (let slot = 0; slot < 5; slot += 1) plays.sendTo(slot, second);
  expect([0, 1, 2, 3, 4].map((slot) => dissection.factsOf(slot)?.names !== undefined)).toEqual([false, false, true, true, true]);
});

test("a segment that waits costs more than its payload: many small ones are not many for nothing", () => {
  const play = new Play(6, 443, { prefixTotalBytes: 64 * 1024 });
  const { dissection } = play;
  play.send(ask(Buffer.from("x"), { offset: 100 }), ask(Buffer.from("yz"), { offset: 200, captured: 0 }));
  const { bytesKept } = dissection.counters();
  expect(bytesKept).toBeGreaterThanOrEqual(2 * 256);
  for (let slot = 10; slot < 500; slot += 1) play.sendTo(slot, ask(Buffer.from("x"), { offset: 100 }));
  expect(dissection.counters().turnedAway).toBeGreaterThan(490 - (64 * 1024) / 256);
  for (let slot = 0; slot < 500; slot += 1) dissection.forget(slot);
  expect(dissection.counters().bytesKept).toBe(0);
});

test("forgetting a flow gives everything back", () => {
  const parts = segments(ask(hello), 100);
  const play = new Play(6, 443).send(parts[0], parts[3], parts[2]);
  expect(play.dissection.gapsOf(3)).toBe(2);
  play.dissection.forget(3);
  expect(play.dissection.counters().bytesKept).toBe(0);
  expect(play.dissection.losses.of("gap")).toBe(2);
  expect(play.facts).toBeUndefined();
});

test("nobody's protocol is settled after a packet each way, a datagram flow after two", () => {
  expect(new Play(6, 443).send(ask(Buffer.from("zzzz")), { from: "responder", bytes: Buffer.from("yyyy") }).bits).toEqual([2, 0]);
  const datagram = Buffer.alloc(30, 0x77);
  const play = new Play(17, 9).send(
    ask(datagram),
    ask(datagram),
    { from: "responder", bytes: datagram },
    { from: "responder", bytes: datagram },
  );
  expect(play.bits).toEqual([3, 2, 2, 0]);
  expect(play.dissection.counters()).toMatchObject({ recognised: 0, unrecognised: 4 });
});

test("names and protocols wait for the flow's own events when nobody wants them early", () => {
  expect(new Play(6, 443, { isEarly: false }).send(ask(hello)).bits).toEqual([3]);
});

test("a dissector that turns a direction down leaves the other alone", () => {
  const picky = defineDissector({
    ...collector(99).dissector,
    recognise: (stream) => (stream.bytes[stream.start] === 0x61 ? found : notMine),
  });
  const play = new Play(6, 1, { dissectors: [picky] }).send(ask(Buffer.from("abc")), { from: "responder", bytes: Buffer.from("xyz") });
  expect(play.bits).toEqual([3, 1]);
});
