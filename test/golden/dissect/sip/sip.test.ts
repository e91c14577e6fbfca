import { expect, test } from "vitest";
import { lines, sipMessage } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const invite = sipMessage("INVITE sip:bob@Proxy.example:5061;transport=tcp SIP/2.0", { body: "v=0 sip:x@secret.example" });
const ok = sipMessage("SIP/2.0 200 OK");
const bye = sipMessage("BYE sip:bob@[2001:db8::1]:5060 SIP/2.0");

test("a call: methods and domains, no users, no bodies", () => {
  const play = new Play(17, 50_001).send(ask(invite), answer(ok), ask(Buffer.from("\r\n\r\n")), ask(bye));
  expect(play.facts).toEqual({
    protocols: ["sip"],
    sip: { methods: ["INVITE", "BYE"], domains: ["proxy.example", "atlanta.example", "biloxi.example", "[2001:db8::1]"] },
  });
  expect(JSON.stringify(play.facts)).not.toMatch(/alice|bob|secret/);
});

test.each([1, 50, 4000])("over TCP, in segments of %i bytes", (size) => {
  const play = new Play(6, 50_001).send(...segments(ask(Buffer.concat([invite, lines(""), bye])), size));
  expect(play.facts?.sip?.methods).toEqual(["INVITE", "BYE"]);
});

test("an answer comes from the responder", () => {
  expect(new Play(17, 50_001).send(ask(ok)).isTurned).toBe(true);
});

test("OPTIONS of HTTP is HTTP's", () => {
  const options = lines("OPTIONS * HTTP/1.1", "Host: a.example", "");
  expect(new Play(6, 5060).send(ask(options)).facts?.protocols).toEqual(["http"]);
  expect(new Play(6, 50_001).send(ask(sipMessage("OPTIONS sip:a.example SIP/2.0"))).facts?.protocols).toEqual(["sip"]);
});

test.each(["INVITE sip:bob@biloxi.example SIP/3.0\r\n\r\n", "INVITE\r\n", "MESSAGE hello world\r\n"])("not SIP: %j", (text) => {
  expect(new Play(17, 5060).send(ask(Buffer.from(text))).facts).toBeUndefined();
});
