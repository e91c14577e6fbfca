import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { webSocketFrame } from "../../../fuzz/content-seeds.mjs";
import { httpRequest } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const classes = createClasses(64, () => {});
const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const text = (value: string) => Buffer.from(value, "latin1");
const BE = "85073003328";
const LU = "1893120105732";
const BINARY = 2;
const PING = 9;
const CLOSE = 8;

const asked = httpRequest("ws.example", { fields: ["Connection: Upgrade", "Upgrade: websocket"] });
const granted = text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");

/** What is found in frames of the client and of the server, whatever the borders. */
function found(client: Buffer[], server: Buffer[] = [], kilobytes = 64) {
  const plays = [1, 13, 1460].map((size) => {
    const play = new Play(6, 80, { classes: kilobytes === 64 ? classes : createClasses(kilobytes, () => {}) });
    play.send(ask(asked), ...segments(answer(Buffer.concat([granted, ...server])), size));
    play.send(...segments(ask(Buffer.concat(client)), size, asked.length));
    expect(play.facts?.protocols).toEqual(["http", "websocket"]);
    expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, malformed: {} });
    expect(JSON.stringify(play.facts)).not.toMatch(/8507|1893/);
    return { content: play.facts?.content, watch: play.bits.at(-1)! & 3 };
  });
  expect(plays[1]).toEqual(plays[0]);
  expect(plays[2]).toEqual(plays[0]);
  return plays[0];
}

test("messages of both sides, a client's mask taken off, however long", () => {
  expect(
    found(
      [webSocketFrame(text(`{"id":"${LU}"}`), { key }), webSocketFrame(text("x ".repeat(200) + BE), { key, kind: BINARY })],
      [webSocketFrame(text(`${"y ".repeat(33_000)}`)).subarray(0, 2000)],
    ).content,
  ).toEqual([
    { label: "national-id-lu", count: 1 },
    { label: "national-id-be", count: 1 },
  ]);
  expect(found([], [webSocketFrame(text(`${"y ".repeat(70)} ${LU}`))]).content).toEqual([
    { label: "national-id-lu", count: 1, fromResponder: 1 },
  ]);
});

test("a message in fragments, with a ping between them", () => {
  expect(
    found([
      webSocketFrame(text(`a ${LU.slice(0, 5)}`), { key, isFinal: false }),
      webSocketFrame(text("85073003328 "), { key, kind: PING }),
      webSocketFrame(text(LU.slice(5, 9)), { key, kind: 0, isFinal: false }),
      webSocketFrame(text(`${LU.slice(9)}`), { key, kind: 0 }),
    ]).content,
  ).toEqual([{ label: "national-id-lu", count: 1 }]);
});

test.each([
  ["two messages make no number", [webSocketFrame(text(`a ${LU.slice(0, 5)}`), { key }), webSocketFrame(text(`${LU.slice(5)} `), { key })]],
  ["a compressed message", [webSocketFrame(text(`${LU} `), { key, bits: 0x40 })]],
  [
    "a compressed message in fragments",
    [webSocketFrame(text("x"), { key, bits: 0x40, isFinal: false }), webSocketFrame(text(`${LU} `), { key, kind: 0 })],
  ],
  ["a continuation of nothing", [webSocketFrame(text(`${LU} `), { key, kind: 0 })]],
  ["a ping", [webSocketFrame(text(`${LU} `), { key, kind: PING })]],
  ["another mask", [Buffer.concat([webSocketFrame(text(`${LU} `), { key }).fill(0, 2, 6)])]],
])("nothing is found: %s", (_what, frames) => {
  expect(found([...frames, webSocketFrame(text("hi"), { key })])).toEqual({ content: undefined, watch: 3 });
});

test.each([
  ["a close", [webSocketFrame(text(""), { key, kind: CLOSE })]],
  ["what is no frame", [Buffer.from([0x71, 5, 1, 2, 3, 4, 5])]],
  ["a length beyond belief", [Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255])]],
])("nothing is read after %s", (_what, frames) => {
  expect(found([...frames, webSocketFrame(text(`${LU} `), { key })])).toEqual({ content: undefined, watch: 2 });
});

test("when the look is used up the direction is left alone", () => {
  const bulk = webSocketFrame(text("word ".repeat(300)), { key });
  expect(found([bulk, bulk], [], 1).watch).toBe(2);
});
