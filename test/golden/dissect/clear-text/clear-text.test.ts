import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { lines, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const classes = createClasses(64, () => {});
const BE = "85073003328";
const LU = "1893120105732";
const text = (value: string) => Buffer.from(value, "latin1");
/** What no text begins with, and no protocol either. */
const noise = Buffer.from(Array.from({ length: 64 }, (_, n) => (n * 151 + 199) & 255));

test("a stream of text that nobody knows is content, on both sides, and stays unrecognised", () => {
  const sent = text(`PATIENTS 1\nname;number\nx;${LU}\ny;${BE}\n`);
  for (const size of [1, 9, 1000]) {
    const play = new Play(6, 9999, { classes }).send(...segments(ask(sent), size), ...segments(answer(text(`Réponse ${BE}.\r\n`)), size));
    play.end();
    expect(play.facts, `${size}`).toEqual({
      protocols: [],
      content: [
        { label: "national-id-lu", count: 1 },
        { label: "national-id-be", count: 2, fromResponder: 1 },
      ],
    });
    expect(play.dissection.counters()).toMatchObject({ recognised: 0, bytesKept: 0 });
    play.dissection.forget(play.slot);
    expect(play.dissection.counters()).toMatchObject({ readingBytes: 0, unrecognised: play.bits.length });
  }
});

test.each([
  ["noise before it", Buffer.concat([noise, text(`${LU} `)])],
  ["a zero before it", text(`id=\0${LU} `)],
  ["every other byte a zero", Buffer.from(`id ${LU} `, "utf16le")],
  ["more controls than text has", text(`\x1e\x1f\x1e${LU} `)],
])("a stream is not looked at when its first bytes are no text: %s", (_what, bytes) => {
  const play = new Play(6, 9999, { classes }).send(ask(bytes));
  expect([play.facts, play.bits[0] & 3]).toEqual([undefined, 2]);
  expect(play.dissection.counters()).toMatchObject({ readingBytes: 0, unrecognised: 1 });
});

test("without labels a stream of text is given up at once, as ever", () => {
  const play = new Play(6, 9999).send(ask(text(`hello ${LU}\n`)));
  expect([play.facts, play.bits[0] & 3]).toEqual([undefined, 2]);
});

test("the side that is known has its protocol, whatever the other begins with", () => {
  const play = new Play(6, 9999, { classes }).send(ask(text(`hello ${LU}\n`)), answer(record(22, serverHello({ version: 0x0304 }))));
  play.end();
  expect(play.facts).toMatchObject({ protocols: ["tls"], content: [{ label: "national-id-lu", count: 1 }] });
});

test("what an unknown client says inside a tunnel", () => {
  const play = new Play(6, 3128, { classes }).send(
    ask(lines("CONNECT in.example:7000 HTTP/1.1", "Host: in.example:7000", "")),
    answer(lines("HTTP/1.1 200 OK", "")),
    ask(text(`STORE ${LU}\n`)),
  );
  play.end();
  expect(play.facts).toMatchObject({ protocols: ["http"], content: [{ label: "national-id-lu", count: 1 }] });
});

test.each([
  [22, "id "],
  [21, "a line of "],
  [143, "* "],
  [9999, "220 "],
  [9999, "GET "],
])("text on port %i that might have become a protocol is content when the flow is over: %j", (port, beginning) => {
  const play = new Play(6, port, { classes }).send(ask(text(`${beginning}${LU} x`)));
  expect(play.facts?.content).toBeUndefined();
  expect(play.end().facts).toEqual({ protocols: [], content: [{ label: "national-id-lu", count: 1 }] });
  play.dissection.forget(play.slot);
  expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, readingBytes: 0, recognised: 0, unrecognised: 1 });
});

test("of a stream so much is looked at, then it is left alone", () => {
  const play = new Play(6, 9999, { classes: createClasses(1, () => {}) }).send(ask(Buffer.alloc(900, "word ")));
  expect(play.bits[0] & 3).toBe(3);
  play.send(ask(Buffer.alloc(900, "word ")), ask(text(`${LU} `)));
  expect([play.facts, play.bits[1] & 3]).toEqual([undefined, 2]);
});

test("datagrams of text: what is found is counted for the flow, each by itself", () => {
  const play = new Play(17, 9999, { classes }).send(
    ask(text("nothing of interest")),
    ask(text(`gauge;${LU}|1`)),
    answer(text(`${BE} is known`)),
    ask(text(`half ${LU.slice(0, 6)}`)),
    ask(text(`${LU.slice(6)} the rest`)),
    ask(text(`once more ${LU}`)),
  );
  expect(play.facts).toEqual({
    protocols: [],
    content: [
      { label: "national-id-lu", count: 1 },
      { label: "national-id-be", count: 1, fromResponder: 1 },
    ],
  });
  expect(play.bits.map((bits) => (bits & 8) !== 0)).toEqual([false, true, true, false, false, false]);
  expect(play.dissection.counters()).toMatchObject({ recognised: 0, unrecognised: 6 });
  play.dissection.forget(play.slot);
  expect(play.dissection.counters().readingBytes).toBe(0);
});

test.each([
  ["noise", Buffer.concat([noise, text(`${LU} `)]), 2],
  ["a few bytes", text("12345"), 2],
  ["text", text("nothing of interest"), 14],
])("so many datagrams that nobody knows are looked at: %s", (_what, bytes, count) => {
  const play = new Play(17, 9999, { classes });
  for (let n = 0; n < count; n += 1) play.send(ask(bytes));
  expect(play.bits.map((bits) => bits & 1)).toEqual([...Array.from({ length: count - 1 }, () => 1), 0]);
  expect([play.facts, play.dissection.counters().readingBytes]).toEqual([undefined, 0]);
});

test("what one flow says is no part of another's content", () => {
  const play = new Play(17, 9999, { classes }).sendTo(1, ask(text("a header MSH|^~\\&|A")));
  play.sendTo(2, ask(text("a segment\rPID|1||x")));
  expect(play.dissection.factsOf(2)).toBeUndefined();
  play.sendTo(2, ask(text("its header MSH|^~\\&|A")));
  expect(play.dissection.factsOf(2)).toEqual({ protocols: [], content: [{ label: "hl7-pid", count: 1 }] });
});

test("a flow of datagrams that is known later has its protocol too", () => {
  const play = new Play(17, 9999, { classes }).send(ask(text(`gauge;${LU}|1`)), ask(text("<34>Oct 11 22:14:15 host su: failed")));
  expect(play.facts).toEqual({ protocols: ["syslog"], content: [{ label: "national-id-lu", count: 1 }] });
});

test("what looks at the other side of a flow of text counts as kept too", () => {
  const play = new Play(17, 9999, { classes }).send(ask(text(`gauge;${LU}|1`)));
  const ofOneSide = play.dissection.counters().readingBytes;
  play.send(answer(text(`${BE} is known`)));
  expect(play.dissection.counters().readingBytes).toBeGreaterThan(ofOneSide);
});

test("for want of room a flow of text is let go", () => {
  const play = new Play(17, 9999, { classes, readingTotalBytes: 6000 });
  for (let slot = 0; slot < 20; slot += 1) play.sendTo(slot, ask(text(`gauge;${LU}|1`)));
  expect(play.dissection.counters().readingBytes).toBeLessThanOrEqual(6000);
  expect(play.dissection.counters().gaveWay).toBeGreaterThan(10);
  play.sendTo(0, ask(text(`gauge;${BE}|1`)));
  expect(play.dissection.factsOf(0)).toMatchObject({ content: [{ label: "national-id-be", count: 1 }] });
});
