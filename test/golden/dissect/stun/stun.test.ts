import { expect, test } from "vitest";
import { stunAddress, stunMessage } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const xorMapped = [0x0020, stunAddress("192.0.2.1", 32_853)] as const;

test("a binding: the address that the server sees", () => {
  const play = new Play(17, 50_001).send(ask(stunMessage(0x0001)), answer(stunMessage(0x0101, [xorMapped])));
  expect(play.facts).toEqual({ protocols: ["stun"], stun: { methods: ["binding"], mappedAddress: ["192.0.2.1:32853"] } });
});

test.each([6, 17] as const)("TURN over transport %i: the relay's address", (transport) => {
  const reply = stunMessage(0x0103, [[0x0016, stunAddress("198.51.100.7", 50_000)], xorMapped]);
  const channel = Buffer.from([0x40, 0, 0, 3, 1, 2, 3, 0]);
  const play = new Play(transport, 3478).send(ask(stunMessage(0x0003)), answer(reply), answer(channel), answer(stunMessage(0x0104)));
  expect(play.facts).toEqual({
    protocols: ["stun", "turn"],
    stun: { methods: ["allocate", "refresh"], mappedAddress: ["192.0.2.1:32853"], relayedAddress: ["198.51.100.7:50000"] },
  });
});

test("IPv6, RFC 3489 without the cookie, and who asks", () => {
  const ipv6 = Buffer.concat([Buffer.from([0, 2, 0x2d, 0x21]), stunMessage(0x0101).subarray(4, 20)]);
  expect(new Play(17, 3478).send(answer(stunMessage(0x0101, [[0x20, ipv6]]))).facts?.stun?.mappedAddress).toEqual(["[::]:3123"]);
  const classic = stunMessage(0x0101, [[1, stunAddress("192.0.2.9", 99, 0)]], { cookie: 7 });
  const play = new Play(17, 50_001).send(ask(classic));
  expect(play.facts?.stun?.mappedAddress).toEqual(["192.0.2.9:99"]);
  expect(play.isTurned).toBe(true);
});

test("in any segments", () => {
  const stream = Buffer.concat([stunMessage(1), stunMessage(3)]);
  expect(new Play(6, 3478).send(...segments(ask(stream), 7)).facts?.stun?.methods).toEqual(["binding", "allocate"]);
});

test("what else comes over the same ports has its words", () => {
  const media = (...first: number[]) => ask(Buffer.concat([Buffer.from(first), Buffer.alloc(40)]));
  const play = new Play(17, 50_001).send(
    ask(stunMessage(1)),
    media(22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40),
    media(0x80, 0x60),
    media(0x80, 200),
    media(0x90, 0x60),
  );
  expect(play.facts?.protocols).toEqual(["stun", "dtls", "rtp", "rtcp"]);
  expect(new Play(17, 50_001).send(media(0x80, 0x60)).facts).toBeUndefined();
});

const message = stunMessage(1, [xorMapped]);
const nearly: [title: string, bytes: Buffer][] = [
  ["another cookie", stunMessage(1, [xorMapped], { cookie: 0x2112a443 })],
  ["a length that is not that of the datagram", Buffer.concat([message, Buffer.alloc(4)])],
  [
    "a method that RFC 3489 has not",
    Buffer.concat([Buffer.from([0x00, 0x03]), stunMessage(1, [[1, stunAddress("192.0.2.1", 5, 0)]], { cookie: 7 }).subarray(2)]),
  ],
];
test.each(nearly)("not STUN: %s", (_title, bytes) => {
  expect(new Play(17, 50_001).send(ask(bytes)).facts?.protocols ?? []).not.toContain("stun");
});

test("attributes beyond the end are malformed", () => {
  const bytes = stunMessage(1, [xorMapped]);
  bytes.writeUInt16BE(60, 22);
  expect(new Play(17, 3478).send(ask(bytes)).dissection.counters().malformed).toEqual({ stun_attribute: 1 });
});

test("over TCP with a length before each, as beside other packets", () => {
  const framed = Buffer.concat([Buffer.from([0, message.length]), message]);
  const play = new Play(6, 50_001).send(ask(Buffer.concat([framed, framed])));
  expect(play.facts?.stun).toMatchObject({ methods: ["binding"], mappedAddress: [expect.any(String)] });
  expect(new Play(6, 50_001).send(ask(Buffer.concat([Buffer.from([1, message.length]), message]))).facts).toBeUndefined();
});

test("an answer that a relay wraps is read", () => {
  const answered = stunMessage(0x0101, [xorMapped]);
  const wrapped = Buffer.concat([Buffer.from([0xff, 0x10, 0, answered.length]), Buffer.alloc(8, 7), answered]);
  const play = new Play(17, 3479).send(ask(stunMessage(1)));
  expect(play.facts?.stun?.mappedAddress).toBeUndefined();
  expect(play.send(answer(wrapped)).facts?.stun?.mappedAddress).toHaveLength(1);
});

test("on its ports, attributes of its own", () => {
  const old = stunMessage(1, [[0x0101, Buffer.alloc(20, 0x31)]], { cookie: 0x45589a04 });
  expect(new Play(17, 3478).send(ask(old)).facts?.protocols).toEqual(["stun"]);
  expect(new Play(17, 50_001).send(ask(old)).facts).toBeUndefined();
});
