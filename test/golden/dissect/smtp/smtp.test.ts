import { expect, test } from "vitest";
import { clientHello, lines, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const greeting = answer(lines("220 mx.example.org ESMTP ready"));

test.each([1, 11, 5000])("two letters in one session, in segments of %i bytes", (size) => {
  const letter = lines("Subject: MAIL FROM:<no@no.example>", "", "x".repeat(9000), "RCPT TO:<no@no.example>", "..", ".");
  const client = Buffer.concat([
    lines("EHLO Client.example.org", "AUTH PLAIN c2VjcmV0", 'MAIL FROM:<"a@b"@Sender.example> SIZE=99'),
    lines("RCPT TO:<c@one.example>", "RCPT TO:<d@two.example>", "DATA"),
    letter,
    lines("MAIL FROM:<>", "RCPT TO:<e@three.example>", "BDAT 26 LAST", "RCPT TO:<no@no.example>\r", "RCPT TO:f@four.example"),
  ]);
  const play = new Play(6, 50_025).send(greeting, ...segments(ask(client), size));
  expect(play.facts).toEqual({
    protocols: ["smtp"],
    smtp: {
      helo: "client.example.org",
      mailFromDomain: "sender.example",
      rcptDomains: ["one.example", "two.example", "three.example", "four.example"],
    },
  });
  expect(JSON.stringify(play.facts)).not.toMatch(/no\.example|c2Vj|Subject/);
});

test("STARTTLS passes on to TLS", () => {
  const play = new Play(6, 587).send(
    greeting,
    ask(lines("EHLO a.example")),
    answer(lines("250-mx.example.org", "250-STARTTLS", "250 8BITMIME")),
    ask(lines("STARTTLS")),
    answer(lines("220 go ahead")),
    ask(record(22, clientHello({ name: "mx.example.org" }))),
    answer(record(22, serverHello({ version: 0x0304 }))),
  );
  expect(play.facts).toMatchObject({
    protocols: ["smtp", "tls"],
    smtp: { helo: "a.example", starttls: "used" },
    names: [{ name: "mx.example.org", source: "sni" }],
    tls: { version: "1.3" },
  });
});

test("STARTTLS that is refused, or only offered", () => {
  const play = new Play(6, 25).send(
    greeting,
    ask(lines("EHLO a.example")),
    answer(lines("250-mx", "250 STARTTLS")),
    ask(lines("STARTTLS")),
    answer(lines("454 not now")),
    ask(lines("MAIL FROM:<x@y.example>")),
  );
  expect(play.facts).toEqual({
    protocols: ["smtp"],
    smtp: { helo: "a.example", starttls: "offered", mailFromDomain: "y.example" },
  });
});

test("a letter that the server does not want is none", () => {
  const play = new Play(6, 25).send(
    greeting,
    ask(lines("HELO a.example", "DATA")),
    answer(lines("250 hello", "503 no recipients")),
    ask(lines("MAIL FROM:<x@y.example>")),
  );
  expect(play.facts?.smtp?.mailFromDomain).toBe("y.example");
});

test("a greeting without the word: the next reply tells; a reply turns the flow", () => {
  expect(new Play(6, 50_025).send(answer(lines("220 ready")), answer(lines("250 hello"))).facts?.protocols).toEqual(["smtp"]);
  expect(new Play(6, 50_025).send(ask(lines("220 mx ESMTP"))).isTurned).toBe(true);
});

test.each(["220 FTP server ready\r\n", "220 ready\r\n331 passcode\r\n", "EHLOx\r\n", "221 SMTP bye\r\n"])("not SMTP: %j", (text) => {
  expect(new Play(6, 50_025).send(answer(Buffer.from(text))).facts?.protocols ?? []).not.toContain("smtp");
});
