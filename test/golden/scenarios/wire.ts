import { type Beat, type Ends, TcpTalk } from "../../../src/demo/conversation.ts";
import { udpFrame } from "../../../src/demo/frames.ts";
import { noise } from "../../../src/demo/payloads.ts";

/** Bytes of conversations that the demo has no need of, from their standards. */

const u16 = (n: number) => Buffer.from([(n >> 8) & 255, n & 255]);
const u32 = (n: number) => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
const text = (value: string) => Buffer.from(value, "latin1");
const with16 = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes]);

/** A TCP conversation: who says what, in turn (0 the client, 1 the server). */
export function* talk(ends: Ends, turns: readonly [0 | 1, Buffer | string][]): Generator<Beat> {
  const tcp = new TcpTalk(ends);
  yield* tcp.open();
  for (const [side, said] of turns) yield* tcp.send(side, typeof said === "string" ? text(said) : said, 10_000);
  yield* tcp.close();
}

/** Datagrams, in turn. */
export function* datagrams(ends: Ends, turns: readonly [0 | 1, Buffer][], paceMicros = 20_000): Generator<Beat> {
  const { client, server, clientPort, serverPort } = ends;
  for (const [side, payload] of turns) {
    const up = { from: client, to: server, fromPort: clientPort, toPort: serverPort, payload };
    const down = { from: server, to: client, fromPort: serverPort, toPort: clientPort, payload };
    yield { afterMicros: paceMicros, frame: udpFrame(side === 0 ? up : down) };
  }
}

/** The first beat comes so much later. */
export function* after(seconds: number, beats: Iterable<Beat>): Generator<Beat> {
  let wait = seconds * 1e6;
  for (const beat of beats) {
    yield { ...beat, afterMicros: beat.afterMicros + wait };
    wait = 0;
  }
}

/** A letter handed over (RFC 5321), without STARTTLS. */
export const letter: readonly [0 | 1, string][] = [
  [1, "220 mx.clinic.example ESMTP\r\n"],
  [0, "EHLO relay.hospital.example\r\n"],
  [1, "250-mx.clinic.example\r\n250 8BITMIME\r\n"],
  [0, "MAIL FROM:<a@hospital.example>\r\n"],
  [1, "250 OK\r\n"],
  [0, "RCPT TO:<b@clinic.example>\r\n"],
  [1, "250 OK\r\n"],
  [0, "DATA\r\n"],
  [1, "354 go ahead\r\n"],
  [0, "Subject: test\r\n\r\nnothing of importance\r\n.\r\n"],
  [1, "250 queued\r\n"],
  [0, "QUIT\r\n"],
  [1, "221 bye\r\n"],
];

/** The same until the relay offers STARTTLS and it is used. */
export const letterInTls: readonly [0 | 1, string | Buffer][] = [
  [1, "220 mx.clinic.example ESMTP\r\n"],
  [0, "EHLO relay.hospital.example\r\n"],
  [1, "250-mx.clinic.example\r\n250 STARTTLS\r\n"],
  [0, "STARTTLS\r\n"],
  [1, "220 ready\r\n"],
];

/** A FHIR read over HTTP/1.1. */
export const fhirRead: readonly [0 | 1, string][] = [
  [0, "GET /fhir/R4/Observation?status=final HTTP/1.1\r\nHost: fhir.partner.example\r\nAccept: application/fhir+json\r\n\r\n"],
  [1, 'HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 27\r\n\r\n{"resourceType":"Bundle"}\r\n'],
];

export const plainRead: readonly [0 | 1, string][] = [
  [0, "GET /status HTTP/1.1\r\nHost: www.partner.example\r\n\r\n"],
  [1, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"],
];

/** Identification lines (RFC 4253 §4.2), then ciphertext. */
export const ssh = (random: () => number): readonly [0 | 1, string | Buffer][] => [
  [1, "SSH-2.0-OpenSSH_9.2\r\n"],
  [0, "SSH-2.0-OpenSSH_9.2\r\n"],
  [0, noise(400, random)],
  [1, noise(400, random)],
];

/** X.224 connection request and confirm of RDP (MS-RDPBCGR §2.2.1.1, §2.2.1.2). */
export const rdp: readonly [0 | 1, Buffer][] = [
  [0, Buffer.from("030000130ee000000000000100080003000000", "hex")],
  [1, Buffer.from("030000130ed000001234000200080001000000", "hex")],
];

/** CONNECT and CONNACK of MQTT 3.1.1 (§3.1, §3.2), then a PUBLISH. */
export function mqtt(clientId: string): readonly [0 | 1, Buffer][] {
  const body = Buffer.concat([with16(text("MQTT")), Buffer.from([4, 2, 0, 60]), with16(text(clientId))]);
  const publish = Buffer.concat([with16(text("pump/1")), text("21.5")]);
  return [
    [0, Buffer.concat([Buffer.from([0x10, body.length]), body])],
    [1, Buffer.from([0x20, 2, 0, 0])],
    [0, Buffer.concat([Buffer.from([0x30, publish.length]), publish])],
  ];
}

/** A STUN binding request or its answer with XOR-MAPPED-ADDRESS (RFC 8489 §5, §14.2). */
export function stunBinding(isAnswer: boolean): Buffer {
  const attribute = Buffer.concat([u16(0x0020), u16(8), Buffer.from([0, 1]), u16(0x1234), u32(0x5e12a443)]);
  const body = isAnswer ? attribute : Buffer.alloc(0);
  return Buffer.concat([u16(isAnswer ? 0x0101 : 0x0001), u16(body.length), u32(0x2112a442), Buffer.alloc(12, 7), body]);
}

/** A ServerHello of TLS 1.0 (RFC 2246 §7.4.1.3), and a certificate message that is too short to be read. */
export function serverHello10(random: () => number): Buffer {
  const body = Buffer.concat([u16(0x0301), noise(32, random), Buffer.from([0]), u16(0x002f), Buffer.from([0])]);
  const handshake = Buffer.concat([Buffer.from([2, 0]), u16(body.length), body]);
  return Buffer.concat([
    Buffer.from([22, 3, 1]),
    with16(handshake),
    Buffer.from([20, 3, 1, 0, 1, 1]),
    Buffer.from([22, 3, 1]),
    with16(noise(40, random)),
  ]);
}

/** A C-STORE-RQ (PS3.7 §9.3.1.1) as a command fragment in a P-DATA-TF PDU (PS3.8 §9.3.5). */
export function dicomCommand(command: number): Buffer {
  const element = (group: number, tag: number, value: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(group, 0);
    head.writeUInt16LE(tag, 2);
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, value]);
  };
  const u16le = (n: number) => Buffer.from([n & 255, n >> 8]);
  const rest = Buffer.concat([
    element(0, 0x0002, text("1.2.840.10008.5.1.4.1.1.2\0")),
    element(0, 0x0100, u16le(command)),
    element(0, 0x0110, u16le(1)),
    element(0, 0x0700, u16le(0)),
    element(0, 0x0800, u16le(0x0001)),
    element(0, 0x1000, text("1.2.826.0.1.3680043.8.999.1\0")),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(rest.length);
  const set = Buffer.concat([element(0, 0, length), rest]);
  return Buffer.concat([Buffer.from([4, 0]), u32(set.length + 6), u32(set.length + 2), Buffer.from([1, 3]), set]);
}

/** A DNS question of any type (RFC 1035 §4.1), and an answer to it with so many bytes of TXT. */
export function dnsTxt(id: number, name: string, answerBytes: number): [Buffer, Buffer] {
  const labels = Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), text(label)])),
    Buffer.from([0]),
  ]);
  const question = Buffer.concat([labels, u16(16), u16(1)]);
  const strings = Buffer.concat(
    Array.from({ length: Math.ceil(answerBytes / 200) }, () => Buffer.concat([Buffer.from([200]), Buffer.alloc(200, 0x61)])),
  );
  const answer = Buffer.concat([u16(0xc00c), u16(16), u16(1), u32(60), with16(strings)]);
  const head = (flags: number, answers: number) => Buffer.concat([u16(id), u16(flags), u16(1), u16(answers), u16(0), u16(0)]);
  return [Buffer.concat([head(0x0100, 0), question]), Buffer.concat([head(0x8180, 1), question, answer])];
}
