import { expect, test } from "vitest";
import { answer, ask, Play, segments } from "../play.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = Buffer.from("000006040000000000000300000064", "hex");

test("a client that knows the server", () => {
  for (const size of [1, 10, 100]) {
    const play = new Play(6, 80).send(...segments(ask(Buffer.concat([preface, settings])), size), answer(settings));
    expect(play.facts).toEqual({ protocols: ["http2"] });
    expect(play.bits.at(-1)! & 3).toBe(0);
  }
});

test("settings come from the server when they come first", () => {
  expect(new Play(6, 50_001).send(ask(settings)).isTurned).toBe(true);
});

test.each([
  ["HTTP/1 with a method of that name", Buffer.from("PRI /a HTTP/1.1\r\nHost: a\r\n\r\n")],
  ["settings of a stream", Buffer.from("000006040000000001000300000064", "hex")],
  ["a length that no settings have", Buffer.from("00000704000000000000030000006400", "hex")],
  ["zeros", Buffer.alloc(20)],
])("not HTTP/2: %s", (_why, bytes) => {
  expect(new Play(6, 80).send(ask(bytes)).facts?.protocols).not.toEqual(["http2"]);
});
