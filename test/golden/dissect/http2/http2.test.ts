import { describe, expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { answer, ask, Play, segments } from "../play.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = Buffer.from("000006040000000000000300000064", "hex");

const HEADERS = 1;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;

function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}
const headers = (streamId: number, block: Buffer, flags = END_HEADERS | END_STREAM) => frame(HEADERS, flags, streamId, block);
const data = (streamId: number, text: string, isLast = true) => frame(0, isLast ? END_STREAM : 0, streamId, Buffer.from(text));

/** A field with its name and value as they are (RFC 7541 §6.2.2; §6.2.1 when it goes into the table). */
function literal(name: string, value: string, isKept = false): Buffer {
  const [n, v] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from([isKept ? 0x40 : 0, n.length]), n, Buffer.from([v.length]), v]);
}
const block = (fields: Record<string, string>) => Buffer.concat(Object.entries(fields).map(([name, value]) => literal(name, value)));
/** The fields and one more that nobody reads, `octets` long. */
function literalOf(octets: number, fields: Record<string, string>): Buffer {
  const value = Buffer.alloc(octets, 0x61);
  const length = Buffer.from([0x7f, 0x80 | ((octets - 127) & 127), (octets - 127) >>> 7]);
  return Buffer.concat([Buffer.from([0, 1, 0x78]), length, value, block(fields)]);
}
const client = (...frames: Buffer[]) => ask(Buffer.concat([preface, settings, ...frames]));
const server = (...frames: Buffer[]) => answer(Buffer.concat([settings, ...frames]));
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

test("a client that knows the server", () => {
  for (const size of [1, 10, 100]) {
    const play = new Play(6, 80).send(...segments(client(), size), answer(settings));
    expect(play.facts).toEqual({ protocols: ["http2"] });
  }
});

// RFC 7541 appendices C.3 to C.6: three requests (answers) of one connection, each block compressed with those before it.
const REQUESTS = {
  plain: [
    "828684410f7777772e6578616d706c652e636f6d",
    "828684be58086e6f2d6361636865",
    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
  ],
  compressed: ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"],
};

describe.each(Object.entries(REQUESTS))("requests of the standard, %s", (_form, blocks) => {
  test.each([1, 7, 1000])("in segments of %i bytes", (size) => {
    const packet = client(...blocks.map((text, n) => headers(2 * n + 1, hex(text))));
    expect(new Play(6, 80).send(...segments(packet, size)).facts).toEqual({
      protocols: ["http2"],
      names: [{ name: "www.example.com", source: "host" }],
      http: { hosts: ["www.example.com"], methods: ["GET"] },
    });
  });
});

// Appendix C.6, whose encoder keeps a table of 256 octets: entries give way, and 302 comes back compressed with what is left.
test("answers of the standard, with a table that overflows", () => {
  const blocks = [
    "3fe101 488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
    "4883640effc1c0bf",
    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
  ];
  const play = new Play(6, 80).send(client(), server(...blocks.map((text, n) => headers(2 * n + 1, hex(text)))));
  expect(play.facts?.http).toEqual({ statusCodes: [302, 307, 200] });
});

test("what is asked and answered", () => {
  const play = new Play(6, 8080).send(
    client(
      headers(
        1,
        block({
          ":method": "POST",
          ":path": "/fhir/Patient",
          ":authority": "EHR.example:8080",
          "user-agent": "lab/2",
          "content-type": "application/fhir+json; fhirVersion=4.0",
        }),
        END_HEADERS,
      ),
      data(1, "{}"),
    ),
    server(headers(1, block({ ":status": "201", "content-type": "application/fhir+json" }))),
  );
  expect(play.facts).toEqual({
    protocols: ["http2", "fhir"],
    names: [{ name: "ehr.example", source: "host" }],
    http: {
      hosts: ["ehr.example:8080"],
      methods: ["POST"],
      userAgents: ["lab/2"],
      contentTypes: ["application/fhir+json"],
      statusCodes: [201],
    },
    fhir: { resourceTypes: ["Patient"], interactions: ["create"], version: "4.0" },
  });
  expect(
    new Play(6, 8080, { detail: "names" }).send(client(headers(1, block({ ":method": "GET", ":authority": "a.example" })))).facts,
  ).toEqual({
    protocols: ["http2"],
    names: [{ name: "a.example", source: "host" }],
  });
});

test("fields in several frames, with padding and a priority", () => {
  const fields = block({ ":method": "GET", ":authority": "a.example", "user-agent": "x" });
  const padded = Buffer.concat([Buffer.from([3]), Buffer.alloc(5), fields.subarray(0, 4), Buffer.alloc(3)]);
  const play = new Play(6, 80).send(
    ...segments(
      client(
        frame(HEADERS, 8 | 32, 1, padded),
        frame(CONTINUATION, 0, 1, fields.subarray(4, 9)),
        frame(CONTINUATION, END_HEADERS, 1, fields.subarray(9)),
      ),
      5,
    ),
  );
  expect(play.facts?.http).toEqual({ hosts: ["a.example"], methods: ["GET"], userAgents: ["x"] });
});

test("a frame of fields longer than what is kept of a stream", () => {
  const long = literalOf(16_200, { ":method": "GET", ":authority": "a.example" });
  for (const size of [900, 3000])
    expect(
      new Play(6, 80).send(
        ...segments(
          client(frame(HEADERS, 0, 1, long.subarray(0, 16_000)), frame(CONTINUATION, END_HEADERS, 1, long.subarray(16_000))),
          size,
        ),
      ).facts?.http?.hosts,
    ).toEqual(["a.example"]);
});

test("DNS over HTTP (RFC 8484), in both versions of it", () => {
  const h2 = client(headers(1, block({ ":method": "POST", ":authority": "a.example", "content-type": "application/dns-message" })));
  const h1 = ask(Buffer.from("GET /dns-query?dns=AA HTTP/1.1\r\nHost: a.example\r\nAccept: application/dns-message\r\n\r\n"));
  expect(new Play(6, 80).send(h2).facts?.protocols).toEqual(["http2", "doh"]);
  expect(new Play(6, 80).send(h1).facts?.protocols).toEqual(["http", "doh"]);
});

test("content is classed, whatever else the connection carries in between", () => {
  const classes = createClasses(100, (words) => words.fill(7));
  const play = new Play(6, 80, { classes }).send(
    client(
      headers(1, block({ ":method": "POST", ":authority": "a.example", "content-type": "text/plain" }), END_HEADERS),
      data(1, "MSH|^~\\&|LAB|H|X|Y|2026||ORU^R01|1|P|2.5\rPID|1||", false),
      headers(3, block({ ":method": "GET", ":authority": "a.example" })),
      frame(0, END_STREAM | 8, 1, Buffer.from("\x0212345^^^H\rOBX|1\r\0\0", "latin1")),
    ),
  );
  expect(play.facts?.content).toEqual([{ label: "hl7-pid", count: 1 }]);
});

test("a connection that begins as HTTP/1 and goes over (RFC 7540 §3.2)", () => {
  const play = new Play(6, 80).send(
    ask(Buffer.from("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")),
    answer(
      Buffer.concat([
        Buffer.from("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
        settings,
        headers(1, hex("88")),
      ]),
    ),
    client(headers(3, block({ ":method": "HEAD", ":authority": "b.example" }))),
  );
  expect(play.facts?.protocols).toEqual(["http", "http2"]);
  expect(play.facts?.http).toMatchObject({ hosts: ["a.example", "b.example"], methods: ["GET", "HEAD"], statusCodes: [101, 200] });
});

test.each([
  ["an index beyond both tables", hex("ff00")],
  ["index 0", hex("80")],
  ["a number without an end", hex("ffffffffffffffffff")],
  ["a larger table than was agreed", hex("3fe2ff03")],
  ["a string beyond the block", hex("4105616161")],
  ["the end mark inside a string", hex("0001 6185 fffffffffc")],
  ["filling that is not ones", hex("0001 6181 00")],
])("a block that breaks the rules ends its direction: %s", (_why, bad) => {
  const play = new Play(6, 80).send(client(headers(1, bad), headers(3, block({ ":method": "GET", ":authority": "a.example" }))));
  expect(play.facts).toEqual({ protocols: ["http2"] });
  expect(play.dissection.counters().malformed).toEqual({ http2_frame: 1 });
});

test("after a hole nothing is told that would rest on what is missing", () => {
  const request = headers(1, block({ ":method": "GET", ":authority": "a.example" }));
  const play = new Play(6, 80).send(client(), ask(request, { captured: 12 }), ask(headers(3, hex("82be"))));
  expect(play.facts).toEqual({ protocols: ["http2"] });
  expect(play.bits.at(-1)! & 1).toBe(0);
});

test("the tables of connections that nobody ends are bounded", () => {
  const play = new Play(6, 80);
  for (let n = 0; n < 1030; n += 1)
    play.sendTo(n + 10, ask(Buffer.concat([preface, headers(1, literal("host", `h${n}.example`, true))]), { offset: 0 }));
  const again = headers(3, Buffer.concat([literal(":method", "GET"), hex("be")]));
  play.sendTo(10, ask(again, { offset: preface.length + 9 + 17 }));
  expect(play.dissection.losses.of("dissect_limit")).toBe(1);
});

test("settings come from the server when they come first", () => {
  expect(new Play(6, 50_001).send(ask(settings)).isTurned).toBe(true);
});

test.each([
  ["HTTP/1 with a method of that name", Buffer.from("PRI /a HTTP/1.1\r\nHost: a\r\n\r\n")],
  ["settings of a stream", Buffer.from("000006040000000001000300000064", "hex")],
  ["a length that no settings have", Buffer.from("00000704000000000000030000006400", "hex")],
  ["zeros", Buffer.alloc(20)],
])("not HTTP/2: %s", (_why, bytes) => {
  expect(new Play(6, 80).send(ask(bytes)).facts?.protocols).not.toEqual(["http2"]);
});
