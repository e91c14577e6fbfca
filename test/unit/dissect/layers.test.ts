import { expect, test } from "vitest";
import { clientHello, httpRequest, lines, record, sipMessage } from "../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../../golden/dissect/play.ts";

test("protocols inside protocols are followed four deep on a direction, however they are spread over segments", () => {
  const play = new Play(6, 25);
  for (let n = 0; n < 10; n += 1) play.send(ask(lines("EHLO x.example", "STARTTLS")));
  expect(play.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
  expect(play.bits.map((bits) => bits & 3)).toEqual([3, 3, 3, 3, 2, 2, 2, 2, 2, 2]);
});

const many = (count: number, of: (n: number) => Buffer) => Buffer.concat(Array.from({ length: count }, (_, n) => of(n)));

test("of one payload so many messages are told of, whatever comes after; the next one is looked at anew", () => {
  const play = new Play(6, 80).send(ask(many(50, (n) => httpRequest(`n${n}.example`))));
  expect(play.facts?.http?.hosts).toHaveLength(32);
  expect(play.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
  play.send(ask(httpRequest("next.example")));
  expect(play.facts?.http?.hosts?.at(-1)).toBe("next.example");
  const calls = new Play(6, 5060).send(ask(many(50, (n) => sipMessage(`OPTIONS sip:n${n}.example SIP/2.0`))));
  expect(calls.facts?.sip?.domains?.filter((domain) => domain.startsWith("n"))).toHaveLength(32);
  expect(calls.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
});

test("lines of FTP: of one segment the first that can say something are read, and empty ones are none", () => {
  const quiet = new Play(6, 21).send(answer(lines("220 FTP")), answer(Buffer.alloc(60_000, "\r\n")), answer(Buffer.alloc(60_000, "2\n")));
  expect(quiet.bits.map((bits) => bits & 3)).toEqual([3, 3, 1]);
  const hello = ask(record(22, clientHello({ name: "f.example" })));
  const asked = (before: string) =>
    new Play(6, 21).send(
      answer(lines("220 FTP")),
      ask(lines("USER a")),
      ask(many(40, () => lines(before))),
      ask(lines("AUTH TLS")),
      answer(lines("234 go")),
      hello,
    );
  for (const before of ["NOOP", "PORT x", "PORT 192,0,2,1,195,80"]) expect(asked(before).facts?.protocols).toEqual(["ftp", "tls"]);
});
