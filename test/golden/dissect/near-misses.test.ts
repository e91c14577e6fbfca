import { expect, test } from "vitest";
import { clientHello, dnsMessage, dnsName, httpAnswer, httpRequest, record, stunMessage } from "../../fuzz/seeds.mjs";
import { answer, ask, type Packet, Play } from "./play.ts";

/*
 * Each protocol of which no more than its word is told: one message by its standard, and the same with one feature broken, on the
 * protocol's own port. A port alone makes no protocol.
 */

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const zeros = (bytes: number) => Buffer.alloc(bytes);
const cat = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const ber = (tag: number, ...parts: (Buffer | string)[]) => cat(Buffer.from([tag, cat(...parts).length]), cat(...parts));
const TCP = 6;
const UDP = 17;

type Case = [word: string, transport: 6 | 17, port: number, message: Buffer, nearly: Record<string, Buffer>];

/** `bytes` with these in their place. */
const put = (bytes: Buffer, at: number, ...values: number[]) => {
  const out = Buffer.from(bytes);
  out.set(values, at);
  return out;
};
const cut = (bytes: Buffer, by = 1) => bytes.subarray(0, bytes.length - by);

const snmp = (version: number) => ber(0x30, Buffer.from([2, 1, version]), ber(4, "public"), ber(0xa0, hex("020101 020100 020100 3000")));
const snmp3 = ber(0x30, hex("020103"), ber(0x30, hex("020101 020205dc 040104 020103")), ber(4, "x"));
const bind = ber(0x30, hex("020101"), ber(0x60, hex("020103 0400 8000")));
const radius = cat(hex("01 07 0019"), zeros(16).fill(7), hex("01 05 616263"));
const ntp = cat(hex("23020000"), zeros(44));
const ike = cat(zeros(8).fill(5), zeros(8), hex("21 20 22 08 00000000 0000001c"));
const startup = cat(hex("00000011 00030000"), "user", hex("00"), "me", hex("0000"));
const handshake = cat(hex("4a0000 00 0a"), "8.0.36", hex("00"), zeros(66));
const prelogin = hex("1201 0013 0000 0000 00 0000 0006 01 00000000 00 ff");
const connect = cat(hex("003a 0000 01 00 0000"), zeros(26).fill(1), "(DESCRIPTION=(CONNECT)))");
const nfs = cat(hex("80000028 00000007 00000000 00000002 000186a3 00000003"), zeros(20));
const initiation = cat(hex("01000000"), zeros(144).fill(3));
const get = hex("44 01 0001 a1a2a3a4 b474657374");
const viewer = hex("1724 0a20 0000 0000");

const cases: Case[] = [
  ["vnc", TCP, 5900, cat("RFB 003.008\n"), { "another version": cat("RFB 103.008\n"), "no end of line": cat("RFB 003.008 ") }],
  ["teamviewer", TCP, 5938, viewer, { "another magic": put(viewer, 1, 0x25) }],
  ["ldap", TCP, 389, bind, { "another tag": put(bind, 0, 0x31), "no message number": put(bind, 2, 4), "no operation": put(bind, 5, 0x5f) }],
  ["radius", UDP, 1812, radius, { "a length beyond the datagram": put(radius, 3, 0x40), "no such code": put(radius, 0, 9) }],
  ["ntp", UDP, 123, ntp, { "version 0": put(ntp, 0, 0x03), "too short": ntp.subarray(0, 40), "no such stratum": put(ntp, 1, 40) }],
  [
    "snmp",
    UDP,
    161,
    snmp(0),
    { "another version": snmp(7), "no community": put(snmp(0), 5, 5), "no such request": put(snmp(0), 13, 0xb0) },
  ],
  ["snmp", UDP, 161, snmp(1), { "another tag": put(snmp(1), 0, 0x31) }],
  ["snmp", UDP, 162, snmp3, { "no header": put(snmp3, 5, 4) }],
  [
    "coap",
    UDP,
    5683,
    get,
    { "version 2": put(get, 0, 0x84), "a token beyond 8 bytes": put(get, 0, 0x49), "no such code": put(get, 1, 0x21) },
  ],
  [
    "amqp",
    TCP,
    5672,
    cat("AMQP", hex("00000901")),
    { "no version of it": cat("AMQP/0.9 server"), "other letters": cat("AMQX", hex("00000901")) },
  ],
  ["amqp", TCP, 5672, cat("AMQP", hex("00010000")), { "another protocol number": cat("AMQP", hex("09010000")) }],
  ["amqp", TCP, 50_001, cat("AMQP", hex("03010000")), { "a text": cat("AMQP is a protocol\n") }],
  [
    "wireguard",
    UDP,
    51_820,
    initiation,
    { "another size": cut(initiation), "reserved bytes": put(initiation, 2, 1), "type 5": put(initiation, 0, 5) },
  ],
  [
    "ipsec",
    UDP,
    500,
    ike,
    { "a length that does not fit": cat(ike, zeros(4)), "version 3": put(ike, 17, 0x30), "no such exchange": put(ike, 18, 99) },
  ],
  ["nfs", TCP, 2049, nfs, { "another version of RPC": put(nfs, 15, 3), "another program": put(nfs, 17, 9), "no call": put(nfs, 11, 7) }],
  ["rsync", TCP, 873, cat("@RSYNCD: 31.0\n"), { "no colon": cat("@RSYNCD 31.0\n"), "small letters": cat("@rsyncd: 31.0\n") }],
  ["postgresql", TCP, 5432, startup, { "version 2": put(startup, 5, 2), "an impossible length": put(startup, 2, 0xff) }],
  [
    "mysql",
    TCP,
    3306,
    handshake,
    { "a version that is no number": put(handshake, 5, 0x78), "protocol 9": put(handshake, 4, 9), "too long": put(handshake, 2, 1) },
  ],
  [
    "mssql",
    TCP,
    1433,
    prelogin,
    { "a window": put(prelogin, 7, 1), "no such type": put(prelogin, 0, 0x1f), "an impossible length": put(prelogin, 2, 0xff) },
  ],
  ["oracle", TCP, 1521, connect, { "a checksum": put(connect, 6, 1), "no such type": put(connect, 4, 30) }],
  ["redis", TCP, 6379, cat("*1\r\n$4\r\nPING\r\n"), { "no number": cat("*x\r\n$4\r\nPING\r\n"), "a text": cat("+ok\r\n") }],
];

const rows = cases.flatMap(([word, transport, port, message, nearly]) => [
  { word, transport, port, bytes: message, what: "as its standard says", isIt: true },
  ...Object.entries(nearly).map(([what, bytes]) => ({ word, transport, port, bytes, what, isIt: false })),
]);

test.each(rows)("$word on port $port, $what", ({ word, transport, port, bytes, isIt }) => {
  const protocols = new Play(transport, port).send(ask(bytes), ask(bytes)).facts?.protocols ?? [];
  expect(protocols.includes(word)).toBe(isIt);
});

const esp = (number: number, spi = 0xc0ffee01) => {
  const bytes = Buffer.alloc(104, 0x5a);
  bytes.writeUInt32BE(spi, 0);
  bytes.writeUInt32BE(number, 4);
  return bytes;
};
const sealed = (number: number, receiver = 7) => {
  const bytes = Buffer.alloc(96, 0x5a);
  bytes.set([4, 0, 0, 0, receiver, 0, 0, 0, number & 255, number >>> 8, 0, 0, 0, 0, 0, 0]);
  return bytes;
};

test.each<[string, number, (number: number) => Buffer, Buffer[]]>([
  ["ipsec", 4500, esp, [esp(2, 77), esp(3, 0xc0ffee02), esp(9000)]],
  ["wireguard", 50_001, sealed, [cut(sealed(2)), sealed(2, 8), sealed(9000)]],
])("%s in the middle: two packets that follow each other, on port %i", (word, port, packet, others) => {
  expect(new Play(UDP, port).send(ask(packet(1)), ask(packet(2))).facts?.protocols).toEqual([word]);
  expect(new Play(UDP, port).send(ask(packet(70)), ask(packet(90))).facts?.protocols).toEqual([word]);
  for (const other of [...others, packet(1), packet(0)]) expect(new Play(UDP, port).send(ask(packet(1)), ask(other)).facts).toBeUndefined();
  // Two ends count each for itself.
  expect(new Play(UDP, port).send(ask(packet(1)), answer(packet(2))).facts).toBeUndefined();
});

test("ESP is told on its port alone", () => {
  expect(new Play(UDP, 50_001).send(ask(esp(1)), ask(esp(2))).facts).toBeUndefined();
});

test.each([...new Set(cases.map(([word, transport, port]) => `${word} ${transport} ${port}`))])(
  "text and noise on the port of %s are not that",
  (one) => {
    const [word, transport, port] = one.split(" ");
    for (const bytes of [Buffer.from("hello, is anybody there?\r\n"), Buffer.alloc(200, 0xa5)])
      expect(new Play(Number(transport) as 6 | 17, Number(port)).send(ask(bytes)).facts?.protocols ?? []).not.toContain(word);
  },
);

/** Words that a second look adds, or that a place decides: the same conversation with and without what makes the difference. */
const upgrade = httpRequest("a.example", {
  fields: ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
});
const switching = Buffer.from("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
const textFrame = cat(hex("8111"), "a text frame 1234");
const mdnsAnswer = dnsMessage({ id: 0, flags: 0x8400, answers: [["printer.local", 12, 120, dnsName("x.printer.local")]] });
const tlsHello = (...alpn: string[]) => record(22, clientHello({ name: "r.example", alpn }));
const media = (type: string) => httpRequest("r.example", { method: "POST", target: "/dns-query", fields: [`Content-Type: ${type}`] });

test.each<[word: string, transport: 6 | 17, port: number, packets: Packet[], isIt: boolean, what: string]>([
  ["websocket", TCP, 80, [ask(upgrade), answer(switching)], true, "an upgrade"],
  ["websocket", TCP, 80, [ask(upgrade), answer(httpAnswer())], false, "an upgrade that is not granted"],
  ["websocket", TCP, 50_001, [ask(textFrame)], true, "one whole frame of text"],
  ["websocket", TCP, 50_001, [ask(put(textFrame, 1, 0x10))], false, "a length that does not fit"],
  ["websocket", TCP, 50_001, [ask(put(textFrame, 6, 0x01))], false, "text that is none"],
  ["mdns", UDP, 5353, [ask(mdnsAnswer)], true, "an announcement"],
  ["mdns", UDP, 5454, [ask(mdnsAnswer)], false, "an announcement elsewhere"],
  ["mdns", UDP, 5353, [ask(Buffer.alloc(64, 0x55))], false, "noise on its port"],
  ["dot", TCP, 853, [ask(tlsHello("dot"))], true, "its protocol id"],
  ["dot", TCP, 853, [ask(tlsHello("h2"))], false, "another protocol id on its port"],
  ["dot", TCP, 853, [ask(tlsHello("dots"))], false, "a protocol id that begins so"],
  ["doh", TCP, 80, [ask(media("application/dns-message"))], true, "its media type"],
  ["doh", TCP, 80, [ask(media("application/dns+json"))], false, "another media type on the same path"],
  ["turn", UDP, 3478, [ask(stunMessage(3))], true, "an allocation"],
  ["turn", UDP, 3478, [ask(stunMessage(1))], false, "a binding on the same port"],
])("%s over transport %i, port %i", (word, transport, port, packets, isIt) => {
  expect((new Play(transport, port).send(...packets).facts?.protocols ?? []).includes(word)).toBe(isIt);
});
