import { expect, test } from "vitest";
import { clientHello, dnsMessage } from "../../../fuzz/seeds.mjs";
import { ask, Play } from "../play.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const zeros = (bytes: number) => Buffer.alloc(bytes);
const cat = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const ber = (tag: number, ...parts: (Buffer | string)[]) => cat(Buffer.from([tag, cat(...parts).length]), cat(...parts));

const hello = clientHello({});
const dtlsHello = cat(hello.subarray(0, 4), hex("0000000000"), hello.subarray(1, 4), hex("fefd"), zeros(40));

const messages: [word: string, port: number, bytes: Buffer][] = [
  ["dhcpv6", 547, hex("01 a1b2c3 0001 0004 00030001 0008 0002 0000")],
  ["ntp", 123, cat(hex("23000000"), zeros(44))],
  ["snmp", 50_001, ber(0x30, hex("020101"), ber(4, "public"), ber(0xa0, hex("020101 020100 020100 3000")))],
  ["ssdp", 1900, cat("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n")],
  ["ldap", 389, ber(0x30, hex("020101"), ber(0x63, hex("0400")))],
  ["netbios-ds", 138, cat(hex("110a0001 c0000201 008a 00bb 0000 20"), "A".repeat(32), zeros(60)).fill(0x20, 14, 15)],
  ["radius", 50_001, cat(hex("01 07 0019"), zeros(16).fill(7), hex("01 05 616263"))],
  ["tftp", 69, cat(hex("0001"), "boot.bin", hex("00"), "octet", hex("00"))],
  ["coap", 5683, hex("44 01 0001 a1a2a3a4 b474657374")],
  ["netflow", 50_001, cat(hex("0005 0001"), zeros(68))],
  ["ipfix", 50_001, cat(hex("000a 0018"), zeros(12).fill(9), hex("0002 0008 0100 0000"))],
  ["sflow", 50_001, cat(hex("00000005 00000001 c0000201"), zeros(12), hex("00000001 00000001 00000004"), zeros(4))],
  ["ipsec", 50_001, cat(zeros(8).fill(5), zeros(8), hex("21 20 22 08 00000000 0000001c"))],
  ["wireguard", 50_001, cat(hex("01000000"), zeros(144).fill(3))],
  ["openvpn", 50_001, cat(hex("38"), zeros(8).fill(6), hex("00 00000000"))],
  ["l2tp", 50_001, hex("c802 000c 0000 0000 0000 0000")],
  ["bittorrent", 50_001, cat("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")],
  ["bittorrent", 50_001, cat(hex("4100 abcd 00000001 00000000 00100000 0001 0000"))],
  ["dtls", 50_001, cat(hex("16 fefd 0000 000000000000"), Buffer.from([0, dtlsHello.length & 255]), dtlsHello.fill(1, 0, 1))],
  ["teamviewer", 5938, cat(zeros(11), hex("1724 0000"))],
  ["mgcp", 2427, cat("RSIP 1200 *@gw.example MGCP 1.0\r\n\r\n")],
  ["dnp3", 20_000, hex("0564 08 c0 0100 0a00 71af c0")],
  ["enip", 44_818, cat(hex("6300"), zeros(22))],
  ["bacnet", 50_001, hex("810a 0011 01 10 0000 0501 0c0c 0000 0000 00")],
  ["ptp", 319, cat(hex("00 02 002c"), zeros(40))],
  ["gnutella", 50_001, cat("GND", hex("01 0001 01 01 00"))],
  ["spotify", 50_001, cat("SpotUdp0", zeros(20))],
  ["steam", 50_001, cat(hex("ffffffff"), "TSource Engine Query", hex("00"))],
  ["zoom", 8801, cat(hex("01 00 03"), zeros(40))],
  ["softether", 50_001, cat("IP=192.0.2.1,PORT=51381")],
  ["dnscrypt", 50_001, cat("r6fnvWj8", zeros(60).fill(3))],
  ["gtp-c", 2123, hex("32 01 0006 00000000 0001 0000 0e01")],
  ["gtp-u", 2152, hex("32 01 0004 00000000 0001 0000")],
  ["capwap", 5246, cat(hex("00 10 0000 00000000"), zeros(16))],
  ["nfs", 50_001, cat(hex("00000007 00000000 00000002 000186a3 00000003"), zeros(20))],
  ["rpc", 50_001, cat(hex("00000007 00000000 00000002 000186a0 00000002"), zeros(20))],
  ["hsrp", 1985, hex("00 00 10 03 0a 64 01 00 636973636f000000 c0000201")],
  ["h323", 1719, cat(hex("0220 0000 06 0008914a 0004 0011 0200"), zeros(20))],
  ["rdp", 3389, cat(hex("ffffffff 0040 1801"), zeros(1224))],
  ["megaco", 2944, cat("MEGACO/1 [192.0.2.1]:2944\nTransaction=1{}")],
  ["iax", 4569, hex("8001 0000 00000003 00 00 06 01 0b 02 0002")],
];

test.each(messages)("%s", (word, port, bytes) => {
  expect(new Play(17, port).send(ask(bytes)).facts).toEqual({ protocols: [word] });
});

test.each(messages)("not %s: the same bytes with others before them", (_word, port, bytes) => {
  expect(new Play(17, port).send(ask(cat(hex("c7"), bytes))).facts).toBeUndefined();
});

test("weak signatures count on their ports only", () => {
  for (const [word, port, bytes] of messages.filter(([, port]) => port !== 50_001)) {
    const known = new Play(17, 50_001).send(ask(bytes)).facts?.protocols;
    expect([undefined, word]).toContain(known?.[0]);
    expect(port).toBeLessThan(49_152);
  }
  expect(new Play(17, 50_001).send(ask(zeros(200))).facts).toBeUndefined();
  expect(new Play(17, 53).send(ask(dnsMessage({ questions: [["a.example", 1]] }))).facts?.protocols).toEqual(["dns"]);
});

test("uTP whose begin was not seen: two packets must show one clock", () => {
  const packet = (clock: number) => {
    const bytes = Buffer.alloc(60, 7);
    bytes.set([0x01, 0, 0xef, 0xcb]);
    bytes.writeUInt32BE(clock, 4);
    return ask(bytes);
  };
  // Packets of a play are a millisecond apart; the clock counts microseconds.
  expect(new Play(17, 50_001).send(packet(5000), packet(6100)).facts).toEqual({ protocols: ["bittorrent"] });
  expect(new Play(17, 50_001).send(packet(5000)).facts).toBeUndefined();
  for (const clock of [5000 + 9e6, 1e9]) expect(new Play(17, 50_001).send(packet(5000), packet(clock)).facts).toBeUndefined();
});
