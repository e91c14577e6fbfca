import { expect, test } from "vitest";
import { answer, ask, Play, segments } from "../play.ts";

const session = (body: Buffer) => Buffer.concat([Buffer.from([0, 0, body.length >>> 8, body.length & 255]), body]);

/** MS-SMB2 §2.2.1.2, then the beginning of a body. */
function smb2(isAnswer: boolean, ...words: number[]): Buffer {
  const header = Buffer.alloc(64);
  header.set([0xfe, 0x53, 0x4d, 0x42, 64]);
  header[16] = isAnswer ? 1 : 0;
  const body = Buffer.alloc(64);
  for (const [n, word] of words.entries()) body.writeUInt16LE(word, n * 2);
  return session(Buffer.concat([header, body]));
}

/** MS-CIFS §2.2.3.1. */
function smb1(isAnswer: boolean, body: Buffer): Buffer {
  const header = Buffer.alloc(32);
  header.set([0xff, 0x53, 0x4d, 0x42, 0x72]);
  header[9] = isAnswer ? 0x80 : 0;
  return session(Buffer.concat([header, body]));
}

test.each([
  [0x0202, "2.0.2"],
  [0x0210, "2.1"],
  [0x0300, "3.0"],
  [0x0311, "3.1.1"],
])("dialect %i is %s", (revision, dialect) => {
  const play = new Play(6, 50_001).send(ask(smb2(false, 36, 5)), ...segments(answer(smb2(true, 65, 1, revision)), 50));
  expect(play.facts).toEqual({ protocols: ["smb"], smb: { dialect } });
});

test("SMB 1: the place in the client's list; a multi-protocol answer names none yet", () => {
  const offer = smb1(false, Buffer.from("\0\x22\0\x02PC NETWORK PROGRAM 1.0\0\x02NT LM 0.12\0", "latin1"));
  expect(new Play(6, 445).send(ask(offer), answer(smb1(true, Buffer.from([17, 1, 0])))).facts?.smb).toEqual({ dialect: "NT LM 0.12" });
  const play = new Play(6, 445).send(ask(offer), answer(smb2(true, 65, 1, 0x02ff)), ask(smb2(false, 36, 5)));
  expect(play.facts).toEqual({ protocols: ["smb"] });
  expect(play.send(answer(smb2(true, 65, 1, 0x0302))).facts?.smb).toEqual({ dialect: "3.0.2" });
});

test("a NetBIOS session on its port; not elsewhere, and no other magic", () => {
  const request = Buffer.concat([Buffer.from([0x81, 0, 0, 0x44, 0x20]), Buffer.alloc(67, 0x43)]);
  expect(new Play(6, 139).send(ask(request)).facts?.protocols).toEqual(["smb"]);
  expect(new Play(6, 50_001).send(ask(request)).facts).toBeUndefined();
  const other = smb2(false, 36, 5);
  other[5] = 0x54;
  expect(new Play(6, 445).send(ask(other)).facts).toBeUndefined();
});
