import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
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
      authSeen: true,
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

const letter = lines("Subject: s", "", "NIR 255081416802538", "..", ".");

test.each([
  [
    "DATA",
    [lines("MAIL FROM:<a@a.example>", "RCPT TO:<b@b.example>", "DATA"), letter],
    [lines("250 OK", "250 OK", "354 go"), lines("250 taken")],
  ],
  ["BDAT", [Buffer.concat([lines(`BDAT ${letter.length} LAST`), letter])], [lines("250 taken")]],
  [
    "BDAT, in two chunks",
    [Buffer.concat([lines("BDAT 20"), letter.subarray(0, 20), lines(`BDAT ${letter.length - 20} last`), letter.subarray(20)])],
    [lines("250 OK", "250 taken")],
  ],
  [
    "BDAT, the last chunk empty",
    [Buffer.concat([lines(`BDAT ${letter.length - 5}`), letter.subarray(0, -5), lines("BDAT 0 LAST")])],
    [lines("250 OK", "250 taken")],
  ],
] as const)("a letter that is handed over in clear: %s", (_how, asked, told) => {
  for (const size of [1, 10, 5000]) {
    const play = new Play(6, 25, { classes: createClasses(64, () => {}) }).send(greeting, ask(lines("EHLO a.example")));
    play.send(answer(lines("250-mx", "250 CHUNKING")));
    const at = { initiator: 16, responder: greeting.bytes.length + 22 };
    for (const [n, bytes] of asked.entries()) {
      play.send(...segments(ask(bytes), size, at.initiator), answer(told[n], { offset: at.responder }));
      at.initiator += bytes.length;
      at.responder += told[n].length;
    }
    expect(play.facts?.smtp?.dataSent, `${size}`).toBe(true);
    expect(play.facts?.content, `${size}`).toEqual([{ label: "national-id-fr", count: 1 }]);
    expect(play.dissection.counters().malformed).toEqual({});
  }
});

test("a letter that is refused at its end was not handed over", () => {
  const play = new Play(6, 25).send(
    greeting,
    ask(Buffer.concat([lines("EHLO a.example", "DATA")])),
    answer(lines("250 hello", "354 go")),
    ask(letter),
    answer(lines("554 not this")),
    ask(lines("MAIL FROM:<x@y.example>")),
  );
  expect(play.facts?.smtp).toEqual({ helo: "a.example", mailFromDomain: "y.example" });
});

test("a greeting without the word: the next reply tells; a reply turns the flow", () => {
  expect(new Play(6, 50_025).send(answer(lines("220 ready")), answer(lines("250 hello"))).facts?.protocols).toEqual(["smtp"]);
  expect(new Play(6, 50_025).send(ask(lines("220 mx ESMTP"))).isTurned).toBe(true);
});

test.each(["220 FTP server ready\r\n", "220 ready\r\n331 passcode\r\n", "EHLOx\r\n", "221 SMTP bye\r\n"])("not SMTP: %j", (text) => {
  expect(new Play(6, 50_025).send(answer(Buffer.from(text))).facts?.protocols ?? []).not.toContain("smtp");
});
