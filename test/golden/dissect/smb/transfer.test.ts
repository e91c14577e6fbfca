import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import * as smb from "../../../fuzz/content-seeds.mjs";
import { answer, ask, type Packet, Play, segments } from "../play.ts";

const classes = createClasses(64, () => {});
const WRITE = 9;
const READ = 8;
const CLOSE = 6;

const BE = "85073003328";
const LU = "1893120105732";
const FR = "255081416802538";
const text = (value: string) => Buffer.from(value, "latin1");
const unit = (command: number, body: Buffer, more: object = {}) => smb.smbSession(smb.smb2Unit(command, body, more));
const start = ask(unit(0, Buffer.alloc(36)));

/** Plays what client and server send, in segments of several sizes, and gives what was found. */
function found(...packets: Packet[]) {
  const plays = [7, 60, 1460].map((size) => {
    const play = new Play(6, 445, { classes }).send(start);
    const next = { initiator: start.bytes.length, responder: 0 };
    for (const packet of packets) {
      play.send(...segments(packet, size, next[packet.from]));
      next[packet.from] += packet.bytes.length;
    }
    play.end();
    expect(play.dissection.counters().bytesKept).toBe(0);
    expect(JSON.stringify(play.facts)).not.toMatch(/8507|1893|2550/);
    return play.facts?.content;
  });
  expect(plays[1]).toEqual(plays[0]);
  expect(plays[2]).toEqual(plays[0]);
  return plays[0];
}

test("a file that is written, in pieces, between others", () => {
  const long = text(`${"x ".repeat(500)}${LU};${BE}`);
  const cut = long.length - 20;
  expect(
    found(
      ask(unit(WRITE, smb.smb2Write(long.subarray(0, cut)))),
      ask(unit(WRITE, smb.smb2Write(text(`a ${FR}\n`), { file: 9 }), { isSigned: true })),
      ask(unit(CLOSE, smb.smb2Close(9))),
    ),
  ).toEqual([{ label: "national-id-fr", count: 1 }]);
  expect(
    found(ask(unit(WRITE, smb.smb2Write(long.subarray(0, cut)))), ask(unit(WRITE, smb.smb2Write(long.subarray(cut), { offset: cut })))),
  ).toEqual([
    { label: "national-id-lu", count: 1 },
    { label: "national-id-be", count: 1 },
  ]);
});

test("two pieces that do not go on where the other ended make no number", () => {
  const [first, second] = [text(`x ${LU.slice(0, 6)}`), text(`${LU.slice(6)} `)];
  const write = (offset: number, file = 5) =>
    found(ask(unit(WRITE, smb.smb2Write(first))), ask(unit(WRITE, smb.smb2Write(second, { offset, file }))));
  expect(write(first.length)).toEqual([{ label: "national-id-lu", count: 1 }]);
  expect(write(first.length + 1)).toBeUndefined();
  expect(write(first.length, 6)).toBeUndefined();
});

test("a file is known by how it begins, not by what stands in its middle", () => {
  const pdf = text("%PDF-1.7 and so on");
  expect(found(ask(unit(WRITE, smb.smb2Write(pdf))))).toEqual([{ label: "pdf", count: 1 }]);
  expect(found(ask(unit(WRITE, smb.smb2Write(pdf, { offset: 4096 }))))).toBeUndefined();
});

test("several requests in one message", () => {
  const padded = (body: Buffer) => Buffer.concat([body, Buffer.alloc((8 - (body.length % 8)) % 8)]);
  const first = padded(smb.smb2Write(text(`${BE}\n`)));
  const message = smb.smbSession(
    smb.smb2Unit(WRITE, first, { next: 64 + first.length }),
    smb.smb2Unit(WRITE, smb.smb2Write(text(`${LU}\n`), { file: 8 })),
  );
  expect(found(ask(message))).toEqual([
    { label: "national-id-lu", count: 1 },
    { label: "national-id-be", count: 1 },
  ]);
});

test("a file that is read: its answers go on where the requests say", () => {
  const [first, second] = [text(`x ${LU.slice(0, 6)}`), text(`${LU.slice(6)} `)];
  const reads = (offset: number) =>
    found(
      ask(unit(READ, smb.smb2Read(8), { id: 11 })),
      ask(unit(READ, smb.smb2Read(8, { offset }), { id: 12 })),
      answer(unit(READ, smb.smb2ReadAnswer(first), { isAnswer: true, id: 11 })),
      answer(unit(READ, smb.smb2ReadAnswer(second), { isAnswer: true, id: 12 })),
    );
  expect(reads(first.length)).toEqual([{ label: "national-id-lu", count: 1, fromResponder: 1 }]);
  expect(reads(100)).toBeUndefined();
  // The request was not seen: the answer is text all the same.
  expect(found(answer(unit(READ, smb.smb2ReadAnswer(text(`${BE} `)), { isAnswer: true, id: 40 })))).toEqual([
    { label: "national-id-be", count: 1, fromResponder: 1 },
  ]);
});

test("SMB 1: what is written and read", () => {
  const [first, second] = [text(`x ${LU.slice(0, 6)}`), text(`${LU.slice(6)} `)];
  expect(found(ask(smb.smb1Write(first)), ask(smb.smb1Write(second, { offset: first.length })))).toEqual([
    { label: "national-id-lu", count: 1 },
  ]);
  expect(
    found(
      ask(smb.smb1Read(8, { id: 3 })),
      ask(smb.smb1Read(8, { id: 4, offset: first.length })),
      answer(smb.smb1ReadAnswer(first, { id: 3 })),
      answer(smb.smb1ReadAnswer(second, { id: 4 })),
    ),
  ).toEqual([{ label: "national-id-lu", count: 1, fromResponder: 1 }]);
});

const sealed = smb.smbSession(text("\xfdSMB"), Buffer.alloc(48, 1), text(`${LU} ${BE} `));
const elsewhere = unit(WRITE, smb.smb2Write(text(`${LU} `)));
elsewhere[4 + 12] = 0x0b;
const outside = unit(WRITE, smb.smb2Write(text(`${LU} `)));
outside.writeUInt16LE(64, 4 + 64 + 2);
const odd = unit(WRITE, smb.smb2Write(text(`${LU} `)));
odd[4 + 64] = 48;

test.each([
  ["an encrypted message", sealed],
  ["another command with the same bytes", elsewhere],
  ["data that would stand in the header", outside],
  ["another structure", odd],
  ["a write that is answered", unit(WRITE, smb.smb2Write(text(`${LU} `)), { isAnswer: true })],
  ["a refused read", unit(READ, Buffer.from([9, 0, 0, 0]), { isAnswer: true, status: 0xc0000011 })],
])("nothing is found in %s", (_what, bytes) => {
  expect(found(ask(bytes))).toBeUndefined();
});

test("an encrypted session is left alone after its first messages, one of files when the look is used up", () => {
  const play = new Play(6, 445, { classes }).send(start);
  for (let n = 0; n < 4; n += 1) play.send(ask(sealed), answer(sealed));
  expect(play.bits.at(-1)! & 3).toBe(0);
  const files = new Play(6, 445, { classes: createClasses(1, () => {}) }).send(start);
  const bulk = ask(unit(WRITE, smb.smb2Write(Buffer.alloc(1200, "word "))));
  files.send(bulk);
  expect(files.bits.at(-1)! & 1).toBe(1);
  for (let n = 0; n < 3; n += 1) files.send(bulk);
  expect(files.bits.at(-1)! & 1).toBe(0);
});
