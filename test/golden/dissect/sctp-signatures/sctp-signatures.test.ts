import { expect, test } from "vitest";
import { httpAnswer, httpRequest, sctpData, sctpSack } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const SCTP = 132;
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const cat = (...parts: Buffer[]) => Buffer.concat(parts);
const play = (port: number) => new Play(SCTP, port);

const diameter = cat(hex("01 00001c 80 000101 00000000 00000001 00000002"), hex("00000108 40000008"));
const messages: [word: string, protocol: number, bytes: Buffer][] = [
  ["diameter", 46, diameter],
  ["dtls", 47, hex("16 fefd 0000 000000000000 0010 0100000400000000")],
  ["megaco", 7, Buffer.from("MEGACO/1 [192.0.2.1]:2944\n")],
  ["megaco", 7, hex("30 06 80 01 01 81 01 02")],
  ["m2ua", 2, hex("01 00 03 01 00000008")],
  ["m3ua", 3, hex("01 00 01 01 00000010 0006 0008 00000001")],
  ["sua", 4, hex("01 00 07 01 00000008")],
  ["m2pa", 5, hex("01 00 0b 02 00000014 00ffffff 00ffffff 00000004")],
  // An S1 setup request: choice 0, procedure 17, to be rejected where it is not understood.
  ["s1ap", 18, hex("00 11 00 05 000000 0000")],
  ["x2ap", 27, hex("00 06 00 05 000000 0000")],
  ["ngap", 60, hex("20 15 00 05 000000 0000")],
  ["xnap", 61, hex("00 11 00 05 000000 0000")],
  ["ipfix", 0, cat(hex("000a 0018"), Buffer.alloc(12, 9), hex("0002 0008 0100 0000"))],
];

test.each(messages)("%s", (word, protocol, bytes) => {
  const { facts, bits } = play(50_001).send(ask(cat(sctpSack(1), sctpData(5, bytes, { protocol }))));
  expect(facts).toEqual({ protocols: [word] });
  expect(bits[0] & 8).toBe(8);
});

test.each(messages.filter(([word]) => word !== "ipfix").map(([word, protocol, bytes]) => [word, protocol, bytes] as const))(
  "%s: neither the identifier alone, nor the form alone",
  (word, protocol, bytes) => {
    const other = Buffer.from(bytes).fill(0xf7, 0, 4);
    expect(play(50_001).send(ask(sctpData(5, other, { protocol }))).facts).toBeUndefined();
    if (word === "diameter" || bytes[0] === 0x4d) return;
    expect(play(50_001).send(ask(sctpData(5, bytes, { protocol: 99 }))).facts?.protocols[0]).not.toBe(word);
  },
);

const request = httpRequest("www.example", { fields: ["User-Agent: u/1"] });
const http = { hosts: ["www.example"], methods: ["GET"], userAgents: ["u/1"] };

test("HTTP, in whole messages of several streams, or in pieces of one", () => {
  const page = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 40\r\n\r\n".padEnd(102, "x"));
  const parted = play(80)
    .send(ask(sctpData(7, request.subarray(0, 20), { flags: 2 })))
    .send(ask(cat(sctpData(8, request.subarray(20, 30), { flags: 0 }), sctpData(9, request.subarray(30), { flags: 1 }))))
    .send(answer(cat(sctpSack(9), sctpData(100, page, { stream: 3 }))));
  expect(parted.facts).toEqual({
    protocols: ["http"],
    names: [{ name: "www.example", source: "host" }],
    http: { ...http, statusCodes: [200], contentTypes: ["text/html"] },
  });
  const again = play(80).send(ask(cat(sctpData(7, request), sctpData(8, httpRequest("other.example"), { stream: 1 }))));
  expect(again.facts?.http?.hosts).toEqual(["www.example", "other.example"]);
});

test("a chunk that was sent again is passed over; the number begins anew after 2^32", () => {
  const twice = play(80).send(ask(sctpData(0xffffffff, request)), ask(sctpData(0xffffffff, request)));
  twice.send(ask(sctpData(0, httpRequest("two.example"))), answer(sctpData(1, httpAnswer())));
  expect(twice.facts?.http?.hosts).toEqual(["www.example", "two.example"]);
  expect(twice.facts?.http?.statusCodes).toEqual([200]);
  expect(twice.dissection.gapsOf(twice.slot)).toBe(0);
});

test("a chunk that is missing is a hole in its direction, and counted", () => {
  const holed = play(80).send(ask(sctpData(7, request.subarray(0, 20), { flags: 2 })), ask(sctpData(9, request.subarray(30))));
  expect(holed.facts).toEqual({ protocols: ["http"], http: { methods: ["GET"] } });
  expect(holed.dissection.losses.toJSON()).toEqual({ gap: 1 });
  expect(holed.dissection.gapsOf(holed.slot)).toBe(1);
  expect(holed.bits.at(-1)! & 3).toBe(2);
});

test("a message whose beginning was not seen is not taken for one", () => {
  const late = play(80).send(ask(sctpData(7, request, { flags: 1 })));
  expect(late.facts).toBeUndefined();
  expect(late.send(ask(sctpData(8, request))).facts?.http).toEqual(http);
});

test("chunks that are no data, break their length, or are cut say nothing, and nobody is asked twice", () => {
  const quiet = play(80).send(ask(sctpSack(1)), answer(hex("04 00 0008 00010004")));
  expect([quiet.facts, quiet.bits]).toEqual([undefined, [3, 3]]);
  const broken = play(80).send(ask(hex("00 03 0003 00000001")), ask(hex("00 03 ffff 00000001")));
  expect([broken.facts, broken.bits]).toEqual([undefined, [3, 3]]);
  expect(play(80).send(ask(sctpData(7, request), { captured: 30 })).facts).toEqual({ protocols: ["http"], http: { methods: ["GET"] } });
  const nobodys = Buffer.alloc(300, 0xf7);
  const unknown = play(80).send(ask(sctpData(1, nobodys)), answer(sctpData(1, nobodys)));
  expect([unknown.facts, unknown.bits]).toEqual([undefined, [2, 0]]);
});

test("more chunks than a packet ever has are left, and counted", () => {
  const many = play(80).send(ask(cat(...Array.from({ length: 80 }, (_, n) => sctpData(n, httpRequest(`n${n}.example`))))));
  expect(many.facts?.http?.hosts).toHaveLength(32);
  expect(many.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
});
