import { expect, test } from "vitest";
import { sipMessage, stunMessage } from "../../../fuzz/seeds.mjs";
import { dtlsRecord } from "../../../fuzz/tls-seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const u16 = (n: number) => Buffer.from([n >>> 8, n & 255]);
/** RFC 3550 §5.1. */
function packet(sequence: number, { type = 8, source = 0x1122_3344, bytes = 160 } = {}): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = type;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(source, 8);
  return Buffer.concat([header, Buffer.alloc(bytes, 0xd5)]);
}
const report = Buffer.from("80c80006000000010000000000000000000000000000000100000001" + "81ca000100000001", "hex");

test("two packets that follow each other", () => {
  const play = new Play(17, 50_001).send(ask(packet(65_535)), ask(packet(0)), answer(packet(7, { source: 9, type: 0 })));
  expect(play.facts).toEqual({ protocols: ["rtp"], rtp: { payloadTypes: [8, 0], ssrcs: 2 } });
});

test("one alone is nobody's, nor are two that do not agree", () => {
  expect(new Play(17, 50_001).send(ask(packet(1))).facts).toBeUndefined();
  for (const other of [packet(2, { source: 5 }), packet(2, { type: 9 }), packet(1), packet(900), packet(0)])
    expect(new Play(17, 50_001).send(ask(packet(1)), ask(other)).facts).toBeUndefined();
});

test("the same packets on other ports are another flow's", () => {
  const play = new Play(17, 50_001);
  play.send(ask(packet(1)));
  expect(new Play(17, 50_003).send(ask(packet(2))).facts).toBeUndefined();
});

test("a port that a session description names needs one packet", () => {
  const play = new Play(17, 5060);
  play.send(ask(sipMessage("INVITE sip:b@b.example SIP/2.0", { body: "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 50000 RTP/AVP 0 8\r\n" })));
  play.sendTo(9, ask(packet(1)));
  expect(play.dissection.factsOf(9)?.protocols).toEqual(["rtp"]);
  const other = new Play(17, 5060);
  other.send(ask(sipMessage("INVITE sip:b@b.example SIP/2.0", { body: "v=0\r\nm=image 50000 udptl t38\r\n" })));
  other.sendTo(9, ask(packet(1)));
  expect(other.dissection.factsOf(9)).toBeUndefined();
});

test.each([
  ["RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0", "sdes"],
  ["RTP/SAVPF", "a=sendrecv\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0", "sdes"],
  ["RTP/SAVPF", "a=fingerprint:sha-256 00", undefined],
  ["UDP/TLS/RTP/SAVP", "a=fingerprint:sha-256 00", undefined],
  ["RTP/AVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0", undefined],
  ["RTP/SAVP", "m=video 0 RTP/AVP 96\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0", undefined],
])("SRTP by a description: %s, %j", (profile, attributes, secured) => {
  const body = `v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 50000 ${profile} 0\r\n${attributes}\r\n`;
  const play = new Play(17, 5060).send(ask(sipMessage("INVITE sip:b@b.example SIP/2.0", { body })));
  play.sendTo(9, ask(packet(1, { type: 0 })));
  expect(play.dissection.factsOf(9)).toEqual({
    protocols: ["rtp"],
    rtp: { payloadTypes: [0], ssrcs: 1, ...(secured === undefined ? {} : { secured }) },
  });
  expect(JSON.stringify([play.facts, play.dissection.factsOf(9)])).not.toContain("c2VjcmV0");
});

test("SRTP by DTLS on the same ports, as media beside STUN have it", () => {
  const media = new Play(17, 50_001).send(ask(stunMessage(1)), ask(dtlsRecord(22, Buffer.alloc(40))), ask(packet(1, { type: 111 })));
  expect(media.facts).toMatchObject({ protocols: ["stun", "dtls", "rtp"], rtp: { payloadTypes: [111], secured: "dtls" } });
  const plain = new Play(17, 50_001).send(ask(stunMessage(1)), ask(packet(1, { type: 111 })));
  expect(plain.facts?.rtp).toEqual({ payloadTypes: [111], ssrcs: 1 });
});

test("reports, plain and secured", () => {
  expect(new Play(17, 50_001).send(ask(report)).facts).toEqual({ protocols: ["rtcp"] });
  const secured = Buffer.concat([Buffer.from("80c90001734e7b28", "hex"), Buffer.alloc(14, 0x5a)]);
  expect(new Play(17, 50_001).send(ask(secured)).facts?.protocols).toEqual(["rtcp"]);
  expect(new Play(17, 50_001).send(ask(secured.subarray(0, 21))).facts).toBeUndefined();
});

test("over TCP, each with its length", () => {
  const framed = (sequence: number) => Buffer.concat([u16(172), packet(sequence)]);
  const play = new Play(6, 5000).send(ask(framed(1)), ask(framed(2)));
  expect(play.facts).toEqual({ protocols: ["rtp"], rtp: { payloadTypes: [8], ssrcs: 1 } });
  expect(new Play(6, 5000).send(ask(framed(1)), ask(framed(5))).facts).toBeUndefined();
});
