import { expect, test } from "vitest";
import { answer, ask, Play, segments } from "../play.ts";

/** A basic header segment (RFC 7143 §11.2.1), and its data, filled up to words of four bytes. */
function pdu(opcode: number, flags: number, { head = {}, keys = [] }: { head?: Record<number, number>; keys?: string[] } = {}): Buffer {
  const data = Buffer.from(keys.map((key) => `${key}\0`).join(""));
  const bytes = Buffer.alloc(48 + Math.ceil(data.length / 4) * 4);
  bytes[0] = opcode;
  bytes[1] = flags;
  bytes.writeUIntBE(data.length, 5, 3);
  for (const [at, value] of Object.entries(head)) bytes[Number(at)] = value;
  data.copy(bytes, 48);
  return bytes;
}

const initiator = "InitiatorName=iqn.1993-08.org.debian:01:7c2f";
const login = pdu(0x43, 0x87, { keys: [initiator, "TargetName=iqn.2001-05.com.example:pacs.archive", "SessionType=Normal"] });
const accepted = pdu(0x23, 0x87, { keys: ["TargetPortalGroupTag=1", "AuthMethod=None"] });
const iscsi = { protocols: ["iscsi"] };

test.each([3260, 50_001])("a login and its answer, port %i", (port) => {
  for (const size of [1, 47, 60, 10_000]) expect(new Play(6, port).send(...segments(ask(login), size)).facts).toEqual(iscsi);
  const turned = new Play(6, port).send(ask(accepted));
  expect(turned.facts).toEqual(iscsi);
  expect(turned.isTurned).toBe(true);
  expect(new Play(6, port).send(answer(accepted)).isTurned).toBe(false);
});

test.each([
  ["a discovery", pdu(0x04, 0x80, { keys: ["SendTargets=All"] })],
  ["its answer", pdu(0x24, 0x80, { keys: ["TargetName=iqn.2001-05.com.example:a", "TargetAddress=192.0.2.1:3260,1"] })],
  ["a login with another key first", pdu(0x43, 0x04, { keys: ["HeaderDigest=CRC32C,None", initiator] })],
  ["a key of the maker first", pdu(0x43, 0x04, { keys: ["X-com.example.build=7", initiator] })],
])("%s", (_what, bytes) => {
  expect(new Play(6, 50_001).send(ask(bytes)).facts).toEqual(iscsi);
});

test("names of initiators and targets are not kept", () => {
  expect(JSON.stringify(new Play(6, 3260).send(ask(login), answer(accepted)).facts)).not.toMatch(/iqn|pacs/);
});

const middle: [what: string, bytes: Buffer, isAnswer: boolean][] = [
  ["a SCSI command", pdu(0x01, 0xc1, { head: { 32: 0x28 } }), false],
  ["its answer", pdu(0x21, 0x80, { head: { 3: 2 } }), true],
  ["data to the initiator", pdu(0x25, 0x81), true],
  ["ready to transfer", pdu(0x31, 0x80), true],
  ["a ping", pdu(0x40, 0x80), false],
];
test.each(middle)("in the middle of a session, on its port alone: %s", (_what, bytes, isAnswer) => {
  expect(new Play(6, 3260).send((isAnswer ? answer : ask)(bytes)).facts).toEqual(iscsi);
  expect(new Play(6, 50_001).send(ask(bytes)).facts).toBeUndefined();
});

test.each([
  ["its text alone", Buffer.from(`${initiator}\n`)],
  ["a version that there is not", pdu(0x43, 0x87, { head: { 2: 1 }, keys: [initiator] })],
  ["reserved flags", pdu(0x43, 0xb7, { keys: [initiator] })],
  ["an additional header", pdu(0x43, 0x87, { head: { 4: 2 }, keys: [initiator] })],
  ["no text", pdu(0x43, 0x87)],
  ["keys of something else", pdu(0x43, 0x87, { keys: ["Name=a", "Target=b", "MyInitiatorName=c"].map((key) => key.padEnd(400, "x")) })],
  ["bytes that are no text", Buffer.concat([login.subarray(0, 48), Buffer.alloc(64, 0x80)])],
  ["a command with reserved flags, on its port", pdu(0x01, 0xd9)],
  ["zeros, on its port", Buffer.alloc(300)],
])("not iSCSI: %s", (_why, bytes) => {
  for (const port of [3260, 50_001]) expect(new Play(6, port).send(ask(bytes)).facts).toBeUndefined();
});
