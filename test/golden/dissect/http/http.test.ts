import { expect, test } from "vitest";
import { clientHello, httpAnswer, httpRequest, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

test.each([
  ["www.example.org", "www.example.org"],
  ["WWW.example.org:8080", "www.example.org"],
  ["[2001:db8::1]:80", "2001:db8::1"],
])("the host %s names the flow", (host, name) => {
  for (const size of [1, 30, 2000]) {
    const play = new Play(6, 8080).send(
      ...segments(ask(httpRequest(host, { method: "POST", fields: ["Accept: */*"] })), size),
      answer(httpAnswer()),
    );
    expect(play.facts).toEqual({ protocols: ["http"], names: [{ name, source: "host" }] });
    expect(play.bits.at(-1)).toBe(0);
  }
});

test("an answer comes from the responder", () => {
  expect(new Play(6, 50_001).send(ask(httpAnswer())).isTurned).toBe(true);
});

test("a CONNECT passes on to what runs inside", () => {
  const play = new Play(6, 3128).send(
    ask(httpRequest("in.example:443", { method: "CONNECT", target: "in.example:443" })),
    answer(httpAnswer()),
    ask(record(22, clientHello({ name: "in.example" }))),
    answer(record(22, serverHello({ version: 0x0304 }))),
  );
  expect(play.facts).toMatchObject({ protocols: ["http", "tls"], tls: { version: "1.3", client: { serverName: "in.example" } } });
});

test.each(["GETTING / HTTP/1.1\r\n", "HTTPS", "\x00GET / HTTP/1.1"])("not HTTP: %j", (text) => {
  expect(new Play(6, 80).send(ask(Buffer.from(text))).facts).toBeUndefined();
});
