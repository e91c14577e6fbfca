import { expect, test } from "vitest";
import { lines } from "../../../fuzz/seeds.mjs";
import { ask, Play, segments } from "../play.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const zeros = (bytes: number) => Buffer.alloc(bytes);
const cat = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
const ber = (tag: number, ...parts: (Buffer | string)[]) => cat(Buffer.from([tag, cat(...parts).length]), cat(...parts));

const openings: [word: string, port: number, bytes: Buffer][] = [
  ["ldap", 50_001, ber(0x30, hex("020101"), ber(0x60, hex("020103 0400 8000")))],
  ["s7comm", 50_001, hex("0300 000c 02f080 32 01 0000 00")],
  ["h323", 50_001, hex("0300 0010 08 02 0001 05 7e 0003 05 2080 00")],
  ["vnc", 50_001, cat("RFB 003.008\n")],
  ["bgp", 50_001, cat(zeros(16).fill(255), hex("001d 01 04 fde8 00b4 c0000201 00"))],
  ["pptp", 50_001, cat(hex("009c 0001 1a2b3c4d 0001"), zeros(146))],
  ["openvpn", 50_001, cat(hex("000e 38"), zeros(8).fill(6), hex("00 00000000 0000"))],
  ["dcerpc", 50_001, cat(hex("0500 0b 03 10000000 4800 0000 01000000"), zeros(56))],
  ["skinny", 2000, hex("04000000 00000000 00000000 00000000")],
  ["modbus", 502, hex("0001 0000 0006 01 03 0000 0001")],
  ["dnp3", 20_000, hex("0564 05 c0 0100 0000 0421")],
  ["iec104", 2404, hex("6804 07000000")],
  ["bittorrent", 50_001, cat(hex("13"), "BitTorrent protocol", zeros(48))],
  ["teamviewer", 5938, hex("1724 0a20 0000 0000")],
  ["postgresql", 50_001, cat(hex("00000011 00030000"), "user", hex("00"), "me", hex("0000"))],
  ["mysql", 50_001, cat(hex("4a0000 00 0a"), "8.0.36", hex("00"), zeros(66))],
  ["mssql", 50_001, hex("1201 0013 0000 0000 00 0000 0006 01 00000000 00 ff")],
  ["mongodb", 50_001, cat(hex("1a000000 01000000 00000000 dd070000"), zeros(10))],
  ["redis", 50_001, cat("*1\r\n$4\r\nPING\r\n")],
  ["amqp", 50_001, cat("AMQP", hex("00000901"))],
  ["memcached", 11_211, cat("get session\r\n")],
  ["zabbix", 50_001, cat("ZBXD", hex("01 0100000000000000 61"))],
  ["diameter", 50_001, hex("01 000014 80 000101 00000000 00000001 00000001")],
  ["rtsp", 50_001, lines("OPTIONS rtsp://a.example/ RTSP/1.0", "CSeq: 1", "")],
  ["git", 50_001, cat("0033git-upload-pack /project.git", hex("00"), "host=a.example", hex("00"))],
  ["xmpp", 50_001, cat("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='a.example'>")],
  ["irc", 50_001, lines("NICK nurse", "USER a b c :d")],
  ["svn", 50_001, cat("( success ( 2 2 ( ) ( edit-pipeline ) ) ) ")],
  ["rsync", 50_001, cat("@RSYNCD: 31.0\n")],
  ["h323", 50_001, hex("0300 001c 0230 01 06 00088175 00050080 1bc52040 1d008000 00001bc5")],
  ["nfs", 50_001, cat(hex("80000028 00000007 00000000 00000002 000186a3 00000003"), zeros(20))],
  ["rpc", 50_001, cat(hex("80000028 00000007 00000000 00000002 000186a0 00000002"), zeros(20))],
  ["tacacs", 50_001, cat(hex("c0 01 01 00 00000007 00000004"), zeros(4))],
  ["oracle", 50_001, cat(hex("003a 0000 01 00 0000"), zeros(26).fill(1), "(DESCRIPTION=(CONNECT)))")],
  ["cassandra", 50_001, hex("04 00 0000 05 00000000")],
  ["enip", 44_818, cat(hex("6500 0400 00000000"), zeros(16), hex("01000000"))],
  ["opcua", 50_001, cat("HELF", hex("20000000"), zeros(24))],
  ["bitcoin", 50_001, cat(hex("f9beb4d9"), "version", zeros(5), hex("64000000"), zeros(104))],
  ["gnutella", 50_001, lines("GNUTELLA CONNECT/0.6", "User-Agent: a")],
  ["whatsapp", 50_001, cat(hex("57410602 000024"), zeros(36))],
  ["viber", 4244, cat(hex("6000 addad4dc fcff 0380 5900"), zeros(84))],
  ["telegram", 50_001, cat(hex("eeeeeeee"), zeros(44))],
  ["websocket", 50_001, cat(hex("8111"), "a text frame 1234")],
  ["afp", 548, cat(hex("00 04 0001"), zeros(12))],
  ["lpd", 515, cat(hex("02"), "queue\n")],
  ["whois", 43, lines("example.org")],
  ["spotify", 50_001, cat(hex("0004 0000 00f6 52"), zeros(239))],
  ["iscsi", 50_001, cat(hex("43870000 0000001c"), zeros(40), "InitiatorName=iqn.a.example", hex("00"))],
  ["telnet", 50_001, hex("fffd18 fffd20 fffd23")],
];

test.each(openings)("%s", (word, port, bytes) => {
  expect(new Play(6, port).send(ask(bytes)).facts).toEqual({ protocols: [word] });
});

test.each(openings)("not %s: the same bytes with others before them", (word, port, bytes) => {
  expect(new Play(6, port).send(ask(cat(hex("c7"), bytes))).facts).toBeUndefined();
  expect(word).not.toBe("");
});

test.each(openings)("%s cut to pieces is that or nothing", (word, port, bytes) => {
  const known = new Play(6, port).send(...segments(ask(bytes), 3)).facts?.protocols;
  expect([undefined, word]).toContain(known?.[0]);
});

test("zeros and text are nobody's", () => {
  for (const bytes of [zeros(300), Buffer.alloc(300, 0x41)])
    for (const port of [50_001, 5938, 2404]) expect(new Play(6, port).send(ask(bytes)).facts).toBeUndefined();
});
