import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
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
    expect(play.facts).toEqual({
      protocols: ["http"],
      names: [{ name, source: "host" }],
      http: { hosts: [host.toLowerCase()], methods: ["POST"], statusCodes: [200] },
    });
  }
});

const text = (...lines: string[]) => Buffer.from(lines.join("\r\n"), "latin1");

test("every message of a connection, whatever lies between them", () => {
  const asked = Buffer.concat([
    httpRequest("a.example", { fields: ["User-Agent: one/1.0"] }),
    httpRequest("b.example", { method: "HEAD", fields: ["User-Agent: two"] }),
    httpRequest("a.example", { method: "PUT", fields: ["Content-Length: 21", "Content-Type: Text/XML; charset=utf-8"] }),
    Buffer.from("GET / HTTP/1.1\r\nHost:"),
    httpRequest("c.example", { method: "POST", fields: ["Transfer-Encoding: gzip, chunked"] }),
    text("5", "GET /", "a;x=1", "0123456789", "0", "Trailer: x", "", ""),
    httpRequest("d.example", { method: "DELETE" }),
  ]);
  const told = Buffer.concat([
    text("HTTP/1.1 100 Continue", "", ""),
    text("HTTP/1.1 200 OK", "content-type: text/html;q=1", "Content-Length: 8", "", "HTTP/1.1"),
    text("HTTP/1.1 404 No", "Content-Length: 800", "", ""),
    text("HTTP/1.1 201 Created", "Transfer-Encoding: chunked", "", "8", "HTTP/1.1", "0", "", ""),
    text("HTTP/1.1 304 Not Modified", "Content-Length: 9", "", ""),
    text("HTTP/1.0 500 Bad", "Content-Type: application/json", "", "HTTP/1.1 999 as long as it lasts"),
  ]);
  for (const size of [1, 7, 100, 5000]) {
    const play = new Play(6, 80).send(...segments(ask(asked), size), ...segments(answer(told), size));
    expect(play.facts?.http, `${size}`).toEqual({
      hosts: ["a.example", "b.example", "c.example", "d.example"],
      methods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
      userAgents: ["one/1.0", "two"],
      statusCodes: [200, 404, 201, 304, 500],
      contentTypes: ["text/xml", "text/html", "application/json"],
    });
    expect(play.facts?.names).toEqual([{ name: "a.example", source: "host" }]);
    expect(play.dissection.counters()).toMatchObject({ malformed: {}, bytesKept: 0 });
  }
});

test("a body that was not captured is passed over all the same", () => {
  const first = httpRequest("a.example", { method: "POST", fields: ["Content-Length: 5000"] });
  const play = new Play(6, 80).send(
    ask(Buffer.concat([first, Buffer.alloc(5000, 0x41)]), { captured: first.length }),
    ask(httpRequest("b.example")),
  );
  expect(play.facts?.http?.hosts).toEqual(["a.example", "b.example"]);
});

test("what comes where no message can begin is no field of one", () => {
  const play = new Play(6, 80).send(ask(httpRequest("a.example")), ask(Buffer.from("SECRET / HTTP/1.1\r\nHost: b.example\r\n\r\n")));
  expect(play.facts?.http).toEqual({ hosts: ["a.example"], methods: ["GET"] });
  expect(play.bits.at(-1)).toBe(2);
});

test.each(["all", "names"] as const)("a WebSocket, %s", (detail) => {
  const play = new Play(6, 80, { detail }).send(
    ask(httpRequest("ws.example", { fields: ["Connection: Upgrade", "Upgrade: websocket"] })),
    answer(text("HTTP/1.1 101 Switching Protocols", "Upgrade: WebSocket", "Connection: Upgrade", "", "\x81\x02hi")),
    ask(Buffer.from("8182010203046968", "hex")),
  );
  expect(play.facts?.protocols).toEqual(["http", "websocket"]);
  expect(play.bits.at(-1)).toBe(0);
});

test("names alone: every request counts, for what it is a use of", () => {
  const play = new Play(6, 80, { detail: "names" }).send(ask(httpRequest("a.example")), answer(httpAnswer()));
  play.send(ask(Buffer.from("GET /fhir/Patient HTTP/1.1\r\nHost: a.example\r\n\r\n")));
  expect(play.facts).toEqual({
    protocols: ["http", "fhir"],
    names: [{ name: "a.example", source: "host" }],
    fhir: { resourceTypes: ["Patient"], interactions: ["search-type"] },
  });
});

test.each([
  ["ipp", "Content-Type: application/ipp"],
  ["doh", "Accept: application/dns-message"],
])("a use of HTTP that has a word of its own: %s", (word, field) => {
  const play = new Play(6, 80).send(ask(Buffer.from(`POST /x HTTP/1.1\r\nHost: a.example\r\n${field}\r\n\r\n`)));
  expect(play.facts?.protocols).toEqual(["http", word]);
});

test("a request of HTTP/0.9", () => {
  expect(new Play(6, 80).send(ask(Buffer.from("GET /index\r\n"))).facts?.http).toEqual({ methods: ["GET"] });
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

test("a CONNECT that is refused is asked again", () => {
  const connect = httpRequest("in.example:443", { method: "CONNECT", target: "in.example:443" });
  const play = new Play(6, 3128).send(
    ask(connect),
    answer(text("HTTP/1.1 407 Who are you", "Content-Length: 4", "", "who?")),
    ask(connect),
    answer(httpAnswer()),
    ask(record(22, clientHello({ name: "in.example" }))),
  );
  expect(play.facts).toMatchObject({ protocols: ["http", "tls"], http: { statusCodes: [407, 200], hosts: ["in.example:443"] } });
});

test("a CONNECT whose answer was not seen", () => {
  const play = new Play(6, 3128).send(
    ask(text("CONNECT in.example:443 HTTP/1.0", "", "")),
    ask(record(22, clientHello({ name: "in.example" }))),
  );
  expect(play.facts?.protocols).toEqual(["http", "tls"]);
});

test.each([
  ["CONNECT in.example:8443 HTTP/1.1", "connect", "in.example:8443"],
  ["CONNECT [2001:db8::1]:443 HTTP/1.1", "connect", "[2001:db8::1]:443"],
  ["GET http://In.example/a?b=http://no.example HTTP/1.1", "absolute-uri", "in.example:80"],
  ["POST https://user:word@in.example:444/ HTTP/1.1", "absolute-uri", "in.example:444"],
  ["GET http://drsmith:pass@word@in.example/a@b HTTP/1.1", "absolute-uri", "in.example:80"],
])("a proxy is asked: %s", (line, by, target) => {
  const play = new Play(6, 3128).send(ask(text(line, "Host: proxy.example", "", "")));
  expect(play.facts?.proxy).toEqual({ targets: [target], by });
  expect(JSON.stringify(play.facts)).not.toContain("word");
});

test.each(["GET / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET /?u=http://a.example/ HTTP/1.1"])("no proxy is asked: %s", (line) => {
  expect(new Play(6, 8080).send(ask(text(line, "Host: a.example", "", ""))).facts?.proxy).toBeUndefined();
});

const classing = { classes: createClasses(64, () => {}) };
const nir = '{"nir":"255081416802538"}';

test.each(["all", "names"] as const)("bodies are classed, of requests and answers, %s", (detail) => {
  const asked = Buffer.concat([
    httpRequest("a.example", { method: "POST", fields: [`Content-Length: ${nir.length}`] }),
    Buffer.from(nir),
    httpRequest("a.example", { method: "POST", fields: ["Transfer-Encoding: chunked"] }),
    text("9", '{"lu":"18', "d", '93120105732"}', "0", "", ""),
    httpRequest("a.example", { method: "PUT", fields: ["Content-Encoding: gzip", `Content-Length: ${nir.length}`] }),
    Buffer.from(nir.replace("2550", "1550")),
    httpRequest("a.example"),
  ]);
  const told = text("HTTP/1.1 200 OK", "", "%PDF-1.7 and so on until it ends");
  for (const size of [1, 11, 5000]) {
    const play = new Play(6, 80, { ...classing, detail }).send(...segments(ask(asked), size), ...segments(answer(told), size));
    play.send(answer(Buffer.alloc(200, 0x20)));
    expect(play.facts?.content, `${size}`).toEqual([
      { label: "pdf", count: 1, fromResponder: 1 },
      { label: "national-id-lu", count: 1 },
      { label: "national-id-fr", count: 1 },
    ]);
    expect(JSON.stringify(play.facts)).not.toMatch(/2550|1893/);
    expect(play.dissection.counters().bytesKept).toBe(0);
  }
});

test("beyond the budget a body is passed over, whatever its length", () => {
  const play = new Play(6, 80, { classes: createClasses(1, () => {}) }).send(
    ask(Buffer.concat([httpRequest("a.example", { method: "POST", fields: ["Content-Length: 5000"] }), Buffer.alloc(5000, 0x20)])),
    ask(httpRequest("b.example", { method: "POST", fields: [`Content-Length: ${nir.length}`] })),
    ask(Buffer.from(nir)),
    ask(httpRequest("c.example")),
  );
  expect(play.facts?.http?.hosts).toEqual(["a.example", "b.example", "c.example"]);
  expect(play.facts?.content).toBeUndefined();
});

test("several numbers are told at once, not at the end", () => {
  const play = new Play(6, 80, classing).send(ask(httpRequest("a.example", { method: "POST", fields: ["Content-Length: 900"] })));
  play.send(ask(Buffer.from("85073003328 ".padEnd(150))), ask(Buffer.from("17073003384\n")), ask(Buffer.from("85073003427\n")));
  expect(play.facts?.content).toEqual([{ label: "national-id-be", count: 3 }]);
  expect(play.bits.map((bits) => (bits & 8) !== 0)).toEqual([true, true, false, true]);
});

test.each(["GETTING / HTTP/1.1\r\n", "OPTIONS sip:a@b SIP/2.0\r\n", "OPTIONS * RTSP/1.0\r\n", "HTTPS", "\x00GET / HTTP/1.1"])(
  "not HTTP: %j",
  (text) => {
    expect(new Play(6, 80).send(ask(Buffer.from(text))).facts?.protocols ?? []).not.toContain("http");
  },
);

test.each([
  ["CONNECT", "CONNECT drsmith:secret@in.example:443 HTTP/1.1", "Host: a.example"],
  ["a target with no end", `GET http://drsmith:${"secret".repeat(500)}@in.example/ HTTP/1.1`, "Host: a.example"],
  ["a target without a host", "GET http://drsmith:secret@/ HTTP/1.1", "Host: a.example"],
  ["the Host field", "GET / HTTP/1.1", "Host: drsmith:secret@a.example"],
  ["a long Host field", "GET / HTTP/1.1", `Host: drsmith:${"secret".repeat(50)}@a.example`],
])("nobody's name or passcode is taken for a place: %s", (_where, line, host) => {
  const { facts } = new Play(6, 3128).send(ask(text(line, host, "", "")));
  expect(facts?.protocols).toEqual(["http"]);
  expect(JSON.stringify(facts)).not.toMatch(/drsmith|secret|@/);
});

test.each([
  ["/p?id=85073003328&id=17073003384", 2],
  ["/p?id=%2085073003328%2C17073003384", 2],
  ["/p?id=85.07.30-033.28+17073003384+x", 2],
  ["/p/85073003328/x", 1],
  ["/p?id=185073003328", undefined],
])("numbers in the target of a request: %s", (target, count) => {
  const play = new Play(6, 80, classing).send(ask(httpRequest("a.example", { target })));
  expect(play.facts?.content).toEqual(count && [{ label: "national-id-be", count }]);
});

test("an answer of any length leaves what is sent its own share of the look", () => {
  const page = Buffer.alloc(70_000, "lorem ipsum dolor\n");
  const play = new Play(6, 80, classing).send(
    ask(httpRequest("a.example")),
    ...segments(answer(Buffer.concat([text("HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Length: 70000", "", ""), page])), 1400),
    ask(text("POST / HTTP/1.1", "Host: a.example", "Content-Length: 12", "", "85073003328 ")),
  );
  expect(play.facts?.content).toEqual([{ label: "national-id-be", count: 1 }]);
  expect(play.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
});

const next = httpRequest("next.example");
test.each([
  ["a length with zeros in front", text(`Content-Length: ${"5".padStart(32, "0")}`, "", "GET /")],
  ["a length on a line of its own", text("Content-Length:", "\t5", "", "GET /")],
  ["a coding on a line of its own", text("Transfer-Encoding: gzip,", "  chunked", "", "5", "GET /", "0", "", "")],
  ["a chunk that runs over 64 bits", text("Transfer-Encoding: chunked", "", "30000000000000005", "GET /", "0", "", "")],
  ["a last chunk that runs over 64 bits", text("Transfer-Encoding: chunked", "", "10000000000000000", "", "")],
])("what hides a request from others: %s", (_what, rest) => {
  const first = Buffer.concat([text("POST / HTTP/1.1", "Host: a.example", ""), rest]);
  const play = new Play(6, 80).send(ask(Buffer.concat([first, next])));
  expect(play.facts?.http).toMatchObject({ hosts: ["a.example", "next.example"], methods: ["POST", "GET"] });
});

test.each([
  ["a size beyond all bounds", "fffffffff"],
  ["a size that is none", "zz"],
])("nothing is read after a chunk of %s", (_what, size) => {
  const first = text("POST / HTTP/1.1", "Host: a.example", "Transfer-Encoding: chunked", "", size, "", "");
  const play = new Play(6, 80).send(ask(Buffer.concat([first, next])));
  expect([play.facts?.http?.hosts, play.bits[0] & 1]).toEqual([["a.example"], 0]);
});

test("a head that has no end is read as far as it goes when the flow is over, and not before", () => {
  const play = new Play(6, 80).send(ask(text("GET / HTTP/1.1", "Host: a.example", "User-Agent: u/1", "Cookie: x")));
  expect(play.facts).toEqual({ protocols: ["http"] });
  expect(play.end().facts).toEqual({
    protocols: ["http"],
    names: [{ name: "a.example", source: "host" }],
    http: { hosts: ["a.example"], methods: ["GET"], userAgents: ["u/1"] },
  });
  play.dissection.forget(play.slot);
  expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, readingBytes: 0 });
});

test("a flow that is over is not turned any more: what it says is of the ends as they are reported", () => {
  const classes = createClasses(64, () => {});
  const play = new Play(6, 80, { classes }).send(answer(text("GET /?id=1893120105732 HTTP/1.1", "Host: a.example"))).end();
  expect(play.facts?.content).toEqual([{ label: "national-id-lu", count: 1, fromResponder: 1 }]);
});

test("what another flow said a moment before leaves the end of a flow all its room", () => {
  const play = new Play(6, 80).send(ask(text("GET / HTTP/1.1", "Host: a.example", "Cookie: x")));
  play.sendTo(9, ask(Buffer.concat(Array.from({ length: 40 }, () => next)), { offset: 0 }));
  expect(play.end().facts?.http?.hosts).toEqual(["a.example"]);
});

test("of a flow that is over, what lies behind a hole stays a gap", () => {
  const play = new Play(6, 80).send(ask(text("GET / HTTP/1.1", "Ho")), ask(next, { offset: 900 })).end();
  expect(play.facts).toEqual({ protocols: ["http"], http: { methods: ["GET"] } });
  expect(play.dissection.gapsOf(play.slot)).toBe(1);
});

test.each([
  ["Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAA=", ["http", "ntlm"]],
  ["proxy-authorization: Negotiate TlRMTVNTUAADAAAAGAAYAHIAAAA=", ["http", "ntlm"]],
  ["Authorization: Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnag", ["http"]],
  ["Authorization: NTLM", ["http"]],
  ["X-Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAA=", ["http"]],
])("who shows who he is by NTLM: %s", (field, protocols) => {
  const { facts } = new Play(6, 80).send(ask(httpRequest("a.example", { fields: [field] })));
  expect(facts?.protocols).toEqual(protocols);
  expect(JSON.stringify(facts)).not.toContain("TlRM");
});
