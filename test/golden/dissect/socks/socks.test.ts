import { expect, test } from "vitest";
import { clientHello, httpAnswer, httpRequest, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const text = (value: string) => Buffer.from(value, "latin1");
const cat = (...parts: Buffer[]) => Buffer.concat(parts);
const http = [ask(httpRequest("www.example.org")), answer(httpAnswer())];
const connect4 = cat(hex("04 01 0050 c0000201"), text("user\0"));
const connect4a = cat(hex("04 01 01bb 00000001"), text("\0Www.Example.org\0"));

test("version 5, no sign-on: the real target, and what is said to it", () => {
  const play = new Play(6, 8855).send(ask(hex("050100")), answer(hex("0500")), ask(hex("05010001 c0000201 0050")));
  play.send(answer(hex("05000001 00000000 0000")), ...http);
  expect(play.facts).toMatchObject({
    protocols: ["socks", "http"],
    proxy: { targets: ["192.0.2.1:80"], by: "socks5" },
    http: { hosts: ["www.example.org"], statusCodes: [200] },
  });
});

test("version 5 with a sign-on, of which nothing is kept; a name, and TLS to it", () => {
  const play = new Play(6, 1080).send(ask(hex("0503000102")), answer(hex("0502")));
  play.send(ask(cat(hex("0104"), text("anna"), hex("06"), text("secret"))), answer(hex("0100")));
  play.send(ask(cat(hex("05010003 0a"), text("In.Example"), hex("01bb"))), answer(hex("05000004"), {}), answer(Buffer.alloc(18)));
  play.send(ask(record(22, clientHello({ name: "in.example" }))), answer(record(22, serverHello({ version: 0x0304 }))));
  expect(play.facts).toMatchObject({
    protocols: ["socks", "tls"],
    proxy: { targets: ["in.example:443"], by: "socks5" },
    tls: { version: "1.3" },
  });
  expect(JSON.stringify(play.facts)).not.toMatch(/anna|secret/);
});

test("an IPv6 target, in pieces of three bytes", () => {
  const asked = cat(hex("050100"), hex("05010004 20010db8000000000000000000000007 1f90"));
  const play = new Play(6, 1080).send(...segments(ask(asked), 3));
  expect(play.facts?.proxy).toEqual({ targets: ["[2001:db8::7]:8080"], by: "socks5" });
});

test.each([
  [connect4, "192.0.2.1:80"],
  [connect4a, "www.example.org:443"],
])("version 4", (request, target) => {
  const play = new Play(6, 9901).send(ask(request), answer(hex("005a 0000 00000000")), ...http);
  expect(play.facts).toMatchObject({ protocols: ["socks", "http"], proxy: { targets: [target], by: "socks4" } });
  expect(JSON.stringify(play.facts)).not.toContain("user");
});

test("a refusal ends it", () => {
  const play = new Play(6, 1080).send(ask(hex("050100")), answer(hex("05ff")), ...http);
  expect(play.facts).toEqual({ protocols: ["socks"] });
});

test.each([
  ["a method that there is none", hex("050163")],
  ["a method twice", hex("05020000")],
  ["more after the greeting than a request", hex("050100 9999")],
  ["version 4 without an end", hex("04 01 0050 c0000201 7575")],
  ["version 4 to port 0", hex("04 01 0000 c0000201 00")],
  ["an answer alone", hex("0500")],
])("not %s", (_what, bytes) => {
  expect(new Play(6, 50_001).send(ask(bytes)).facts).toBeUndefined();
});
