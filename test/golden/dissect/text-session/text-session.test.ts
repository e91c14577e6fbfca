import { expect, test } from "vitest";
import { clientHello, lines, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const hello = ask(record(22, clientHello({ name: "in.example" })));
const reply = answer(record(22, serverHello({ version: 0x0304 })));

const sessions: [word: string, port: number, greeting: string, startTls: string, proceed: string, command: string][] = [
  ["ftp", 21, "220 ready", "AUTH TLS", "234 go", "PASV"],
  ["pop3", 110, "+OK ready", "STLS", "+OK go", "UIDL"],
  ["imap", 143, "* OK IMAP4rev1 ready", "a1 STARTTLS", "a1 OK go", "a1 LOGIN user passcode"],
  ["nntp", 119, "200 NNTP ready", "STARTTLS", "382 go", "MODE READER"],
];

test.each(sessions)("%s passes on to TLS", (word, port, greeting, startTls, proceed) => {
  const play = new Play(6, port).send(answer(lines(greeting)), ask(lines(startTls)), answer(lines(proceed)), hello, reply);
  expect(play.facts).toMatchObject({ protocols: [word, "tls"], names: [{ name: "in.example", source: "sni" }], tls: { version: "1.3" } });
});

test.each(sessions)("%s is known by its client's command on any port, and nothing of it is kept", (word, _p, _g, _s, _y, command) => {
  expect(new Play(6, 50_001).send(ask(lines(command))).facts).toEqual({ protocols: [word] });
});

test.each(["220 ready", "200 OK", "+OK", "+OKAY", "* OK maybe", "USER me", "-ERR no"])("on no port of theirs %j says nothing", (line) => {
  expect(new Play(6, 50_001).send(answer(lines(line))).facts?.protocols ?? []).toEqual([]);
});

test("on its own port a bare +OK is POP3's", () => {
  expect(new Play(6, 110).send(answer(lines("+OK"))).facts?.protocols).toEqual(["pop3"]);
});
