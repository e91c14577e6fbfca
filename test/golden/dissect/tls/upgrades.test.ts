import { expect, test } from "vitest";
import { clientHello, handshake, record, serverHello } from "../../../fuzz/seeds.mjs";
import { certificate, certificateList } from "../../../fuzz/tls-seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const text = (value: string) => Buffer.from(value, "latin1");
const asked = record(22, clientHello({ name: "inside.example" }));
const answered = record(22, Buffer.concat([serverHello({ cipher: 0xc02f }), handshake(11, certificateList(certificate()))]), 0x0303);
const greeting = Buffer.concat([Buffer.from([0x0a]), text("8.0.36\0"), Buffer.alloc(66, 2)]);
const mysqlPacket = (sequence: number, body: Buffer) => Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);

const sessions: [word: string, port: number, ...turns: [from: "client" | "server", bytes: Buffer][]][] = [
  [
    "smtp",
    25,
    ["server", text("220 mx.example ESMTP\r\n")],
    ["client", text("EHLO a.example\r\n")],
    ["server", text("250 STARTTLS\r\n")],
    ["client", text("STARTTLS\r\n")],
    ["server", text("220 go\r\n")],
  ],
  ["imap", 143, ["server", text("* OK IMAP4rev1\r\n")], ["client", text("a STARTTLS\r\n")], ["server", text("a OK go\r\n")]],
  ["pop3", 110, ["server", text("+OK ready\r\n")], ["client", text("STLS\r\n")], ["server", text("+OK go\r\n")]],
  ["ftp", 21, ["server", text("220 FTP ready\r\n")], ["client", text("AUTH TLS\r\n")], ["server", text("234 go\r\n")]],
  [
    "xmpp",
    5222,
    ["client", text("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'>")],
    ["server", text("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'>")],
    ["client", text("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")],
    ["server", text("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")],
  ],
  // RFC 4511 §4.14.1: an extended request, and its answer.
  [
    "ldap",
    389,
    ["client", hex("301d02010177188016 312e332e362e312e342e312e313436362e3230303337")],
    ["server", hex("300c02010178070a010004000400")],
  ],
  ["postgresql", 5432, ["client", hex("00000008 04d2162f")], ["server", text("S")]],
  ["mysql", 3306, ["server", mysqlPacket(0, greeting)], ["client", mysqlPacket(1, Buffer.alloc(32, 8))]],
];
test.each(sessions)("%s goes over to TLS", (word, port, ...turns) => {
  const play = new Play(6, port);
  for (const [from, bytes] of turns) play.send(from === "client" ? ask(bytes) : answer(bytes));
  play.send(ask(asked), answer(answered));
  expect(play.facts).toMatchObject({
    protocols: [word, "tls"],
    names: [{ name: "inside.example", source: "sni" }],
    tls: { version: "1.2", client: { serverName: "inside.example" }, server: { subject: "CN=www.example.org" } },
  });
});

test("a session that stays in clear is let go", () => {
  const play = new Play(6, 5432).send(ask(hex("00000008 04d2162f")), answer(text("N")));
  for (let n = 0; n < 40; n += 1) play.send(ask(text("Q\0\0\0\u0009select")), answer(text("T\0\0\0\u0009rows!")));
  expect(play.facts).toEqual({ protocols: ["postgresql"] });
  expect(play.bits.at(-1)).toBe(0);
  expect(play.dissection.counters().bytesKept).toBe(0);
});
