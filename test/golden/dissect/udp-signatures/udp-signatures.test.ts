import { expect, test } from "vitest";
import { clientHello, dnsMessage } from "../../../fuzz/seeds.mjs";
import { ask, Play } from "../play.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const zeros = (bytes: number) => Buffer.alloc(bytes);
const cat = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const ber = (tag: number, ...parts: (Buffer | string)[]) => cat(Buffer.from([tag, cat(...parts).length]), cat(...parts));

const dhcp = cat(hex("01010600"), zeros(232), hex("63825363 3501 01 ff"));
const hello = clientHello({});
const dtlsHello = cat(hello.subarray(0, 4), hex("0000000000"), hello.subarray(1, 4), hex("fefd"), zeros(40));

const messages: [word: string, port: number, bytes: Buffer][] = [
  ["dhcp", 67, dhcp],
  ["dhcpv6", 547, hex("01 a1b2c3 0001 0004 00030001 0008 0002 0000")],
  ["ntp", 123, cat(hex("23000000"), zeros(44))],
  ["snmp", 50_001, ber(0x30, hex("020101"), ber(4, "public"), ber(0xa0, hex("020101 020100 020100 3000")))],
  ["ssdp", 1900, cat("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n")],
  ["kerberos", 88, ber(0x6a, ber(0x30, hex("a103020105 a20302010a")))],
  ["ldap", 389, ber(0x30, hex("020101"), ber(0x63, hex("0400")))],
  ["netbios-ds", 138, cat(hex("110a0001 c0000201 008a 00bb 0000 20"), "A".repeat(32), zeros(60)).fill(0x20, 14, 15)],
  ["radius", 50_001, cat(hex("01 07 0019"), zeros(16).fill(7), hex("01 05 616263"))],
  ["syslog", 514, cat("<34>Oct 11 22:14:15 host su: failed")],
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
  ["dtls", 50_001, cat(hex("16 fefd 0000 000000000000"), Buffer.from([0, dtlsHello.length & 255]), dtlsHello.fill(1, 0, 1))],
  ["teamviewer", 5938, cat(zeros(11), hex("1724 0000"))],
  ["rtcp", 50_001, hex("80c8 0006 00000001 0000000000000000 00000000 00000001 00000001 81ca 0001 00000001")],
  ["mgcp", 2427, cat("RSIP 1200 *@gw.example MGCP 1.0\r\n\r\n")],
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
    expect(port).toBeLessThan(10_000);
  }
  expect(new Play(17, 50_001).send(ask(zeros(200))).facts).toBeUndefined();
  expect(new Play(17, 53).send(ask(dnsMessage({ questions: [["a.example", 1]] }))).facts?.protocols).toEqual(["dns"]);
});
