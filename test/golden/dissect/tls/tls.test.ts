import { PassThrough } from "node:stream";
import { calculateJa4, readTlsClientHello } from "read-tls-client-hello";
import { expect, test } from "vitest";
import {
  applicationData,
  changeCipherSpec,
  clientHello,
  type HelloParts,
  handshake,
  record,
  serverHello,
  sslv2Hello,
} from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const GREASE = 0x1a1a;
const hello13: HelloParts = { name: "WWW.Example.org", alpn: ["h2", "http/1.1"], versions: [GREASE, 0x0304, 0x0303] };
const firstFlight = record(22, clientHello(hello13));
const tls13 = { version: "1.3", versionProtocol: "tls" };

test("a handshake of TLS 1.3: name, versions, cipher, established", () => {
  const play = new Play(6, 443).send(
    ask(firstFlight),
    answer(Buffer.concat([record(22, serverHello({ version: 0x0304, cipher: 0x1302 })), changeCipherSpec, applicationData()])),
    ask(Buffer.concat([changeCipherSpec, applicationData()])),
  );
  expect(play.facts).toMatchObject({
    protocols: ["tls"],
    names: [{ name: "www.example.org", source: "sni" }],
    tls: {
      ...tls13,
      cipher: "TLS_AES_256_GCM_SHA384",
      established: true,
      client: { serverName: "www.example.org", alpn: ["h2", "http/1.1"] },
    },
  });
  expect(play.bits).toEqual([11, 1, 0]);
});

test("a handshake of TLS 1.2 passes over certificates without keeping them", () => {
  const certificate = record(22, handshake(11, Buffer.alloc(12_000)), 0x0303);
  const flight = Buffer.concat([record(22, serverHello({ cipher: 0xc02f, alpn: "http/1.1" }), 0x0303), certificate]);
  const play = new Play(6, 443).send(ask(record(22, clientHello({ name: "b.example" }))), ...segments(answer(flight), 1460));
  expect(play.dissection.counters().bytesKept).toBe(0);
  play.send(ask(Buffer.concat([record(22, handshake(16, Buffer.alloc(66)), 0x0303), changeCipherSpec])), answer(changeCipherSpec));
  expect(play.facts?.tls).toMatchObject({
    version: "1.2",
    cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    nextProtocol: "http/1.1",
    established: true,
  });
});

test.each([
  ["a sealed alert in the middle of a connection", record(21, Buffer.alloc(26, 0x5a), 0x0303), ["tls"]],
  ["an alert of no such length", record(21, Buffer.alloc(3, 1), 0x0303), undefined],
  ["a record too long for an alert", record(21, Buffer.alloc(200, 0x5a), 0x0303), undefined],
  ["DNS over TLS by its protocol id", record(22, clientHello({ alpn: ["dot"] })), ["tls", "dot"]],
])("%s", (_title, bytes, protocols) => {
  expect(new Play(6, 50_001).send(ask(bytes)).facts?.protocols).toEqual(protocols);
});

const versions: [title: string, parts: HelloParts, version: string, protocol: string][] = [
  ["1.3 by extension", { versions: [0x0304, 0x0303] }, "1.3", "tls"],
  ["a draft of 1.3", { versions: [0x7f1c, 0x0303] }, "1.3", "tls"],
  ["1.2", { legacyVersion: 0x0303 }, "1.2", "tls"],
  ["1.1", { legacyVersion: 0x0302 }, "1.1", "tls"],
  ["1.0 without extensions", { legacyVersion: 0x0301, signatures: [] }, "1.0", "tls"],
  ["SSL 3", { legacyVersion: 0x0300, signatures: [] }, "3.0", "ssl"],
];
test.each(versions)("offered: %s", (_title, parts, version, protocol) => {
  expect(new Play(6, 443).send(ask(record(22, clientHello(parts)))).facts?.tls).toMatchObject({ version, versionProtocol: protocol });
});

test.each([
  ["2.0", 0x0002, "ssl"],
  ["1.0", 0x0301, "tls"],
])("an SSL 2.0 hello that offers %s", (version, offered, protocol) => {
  expect(new Play(6, 443).send(ask(sslv2Hello(offered))).facts).toEqual({
    protocols: ["tls"],
    tls: { version, versionProtocol: protocol },
  });
});

test.each([1, 3, 100, 1460])("a hello with a post-quantum key share, in segments of %i bytes", (size) => {
  const long = record(22, clientHello({ ...hello13, padding: 1700 }));
  const play = new Play(6, 443).send(...segments(ask(long), size));
  expect(play.facts?.names).toEqual([{ name: "www.example.org", source: "sni" }]);
  expect(play.dissection.counters()).toMatchObject({ recognised: Math.ceil(long.length / size), bytesKept: 0 });
});

test("a hello over several records", () => {
  const message = clientHello(hello13);
  const parts = [message.subarray(0, 2), message.subarray(2, 60), message.subarray(60)].map((part) => record(22, part));
  expect(new Play(6, 443).send(ask(Buffer.concat(parts))).facts?.tls?.client?.serverName).toBe("www.example.org");
  const late = new Play(6, 443).send(...segments(ask(Buffer.concat(parts)), 7));
  expect(late.facts?.tls?.client?.ja4).toBe(new Play(6, 443).send(ask(firstFlight)).facts?.tls?.client?.ja4);
});

test("segments out of order, repeated and overlapping", () => {
  const [a, b, c, d] = segments(ask(firstFlight), 50);
  const play = new Play(6, 443).send(c, a, a, ask(firstFlight.subarray(25, 110), { offset: 25 }), d, b, ...segments(ask(firstFlight), 50));
  expect(play.facts?.tls?.client?.serverName).toBe("www.example.org");
  expect(play.dissection.gapsOf(3)).toBe(0);
});

test("a hole that stays: tls is named, the packets after the hole are counted", () => {
  const long = segments(ask(record(22, clientHello({ ...hello13, padding: 3000 }))), 100);
  const play = new Play(6, 443).send(long[0], ...long.slice(2, 22));
  expect(play.facts).toMatchObject({ protocols: ["tls"] });
  expect(play.dissection.gapsOf(3)).toBe(17);
  expect(play.dissection.losses.toJSON()).toMatchObject({ gap: 17 });
  expect(play.bits.at(-1)).toBe(2);
});

test("cut by the snap length: what is known is told, what is not is left out", () => {
  expect(new Play(6, 443).send(ask(firstFlight, { captured: 30 })).facts).toEqual({ protocols: ["tls"], tls: { client: {} } });
  const named = Buffer.from(firstFlight);
  const cut = new Play(6, 443).send(ask(named, { captured: 130 })).facts;
  expect(cut?.tls?.client).toEqual({ serverName: "www.example.org" });
  expect(cut?.tls?.version).toBeUndefined();
  // The suites of 1.3 are of 1.3 alone.
  const server = record(22, serverHello({ version: 0x0304, cipher: 0x1301 }));
  expect(new Play(6, 443).send(answer(server, { captured: 47 })).facts?.tls).toEqual({ ...tls13, cipher: "TLS_AES_128_GCM_SHA256" });
});

test.each([
  ["the versions extension empty", "0004002b0000"],
  ["half an extension", "000100"],
  ["no extension", ""],
])("a server that sends %s chose the hello's own version, whatever its suite", (_, extensions) => {
  // Version, random, no session, suite, no compression, extensions.
  const body = Buffer.from(`0303${"5a".repeat(32)}00130100${extensions}`, "hex");
  const message = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  expect(new Play(6, 443).send(ask(firstFlight), answer(record(22, message))).facts?.tls?.version).toBe("1.2");
});

test("a ClientHello from the supposed responder turns the flow once", () => {
  const play = new Play(6, 50_001).send(answer(firstFlight), ask(record(22, serverHello({ version: 0x0304 }))));
  expect(play.isTurned).toBe(true);
  expect(play.bits.filter((bits) => (bits & 4) !== 0)).toHaveLength(1);
  expect(play.facts?.tls?.cipher).toBe("TLS_AES_128_GCM_SHA256");
});

test("a second hello after a HelloRetryRequest: every fingerprint is listed, the choice is the last one", () => {
  const retry = Buffer.from(serverHello({ version: 0x0304, cipher: 0x1301 }));
  Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex").copy(retry, 6);
  const play = new Play(6, 443).send(
    ask(firstFlight),
    answer(Buffer.concat([record(22, retry), changeCipherSpec])),
    ask(Buffer.concat([changeCipherSpec, record(22, clientHello({ ...hello13, more: [[44, Buffer.alloc(2)]] }))])),
    answer(Buffer.concat([record(22, serverHello({ version: 0x0304, cipher: 0x1302 })), applicationData()])),
    ask(applicationData()),
  );
  const { client, ...facts } = play.facts?.tls ?? {};
  expect(facts).toEqual({ ...tls13, cipher: "TLS_AES_256_GCM_SHA384", established: true });
  expect(client?.ja4All).toHaveLength(2);
  expect(client?.ja4All?.[0]).toBe(client?.ja4);
});

test("zeros that a middlebox let pass for payload do not hide the hello", () => {
  const play = new Play(6, 443).send(ask(Buffer.alloc(2), { offset: 0 }), ask(firstFlight, { offset: 0 }));
  expect(play.facts?.tls?.client?.serverName).toBe("www.example.org");
});

test("in the middle of a connection only whole records count, or those on a port where TLS is usual", () => {
  const part = applicationData(900).subarray(0, 500);
  expect(new Play(6, 993).send(ask(part)).facts?.protocols).toEqual(["tls"]);
  expect(new Play(6, 4430).send(ask(part)).facts).toBeUndefined();
  expect(new Play(6, 443).send(ask(applicationData())).facts?.protocols).toEqual(["tls"]);
  expect(new Play(6, 443).send(ask(Buffer.from([23, 3, 3, 0, 9, 1, 2, 3]))).facts).toBeUndefined();
});

test("lengths that contradict each other are malformed, and what came before is kept", () => {
  const broken = clientHello(hello13);
  broken.writeUInt16BE(0xffff, broken.length - 9);
  const play = new Play(6, 443).send(ask(record(22, broken)));
  expect(play.dissection.counters().malformed).toEqual({ tls_hello: 1 });
  expect(play.facts?.names).toEqual([{ name: "www.example.org", source: "sni" }]);
});

test("a name that is no text is made printable", () => {
  const facts = new Play(6, 443).send(ask(record(22, clientHello({ name: "a\u0001b.example." })))).facts;
  expect(facts?.tls?.client?.serverName).toBe("a\\x01b.example");
});

const fingerprints: [title: string, parts: HelloParts][] = [
  ["ordinary", hello13],
  ["no name, no ALPN", { versions: [0x0304] }],
  [
    "GREASE everywhere",
    {
      ...hello13,
      ciphers: [GREASE, 0x1301, 0xc02b],
      more: [
        [GREASE, Buffer.alloc(0)],
        [0x0017, Buffer.alloc(0)],
      ],
    },
  ],
  ["an ALPN value of one letter", { alpn: ["x"] }],
];
test.each(fingerprints)("JA4 as another implementation makes it: %s", async (_title, parts) => {
  const bytes = record(22, clientHello(parts));
  const theirs = calculateJa4(await readTlsClientHello(new PassThrough().end(bytes)));
  expect(new Play(6, 443).send(ask(bytes)).facts?.tls?.client?.ja4).toBe(theirs);
});

const byDescription: [title: string, parts: HelloParts, start: string][] = [
  ["an ALPN value that is no text shows the ends of its hexadecimal", { alpn: [Buffer.from([0xab, 0x01, 0xcd])] }, "t12i0302ad_"],
  [
    "no extension but those left out is no digest",
    { name: "x.example", signatures: [], versions: [] },
    "t12d030100_40b44b994229_000000000000",
  ],
  ["counts end at 99", { ciphers: Array.from({ length: 150 }, (_, n) => 0xc001 + n) }, "t12i990100_"],
];
test.each(byDescription)("JA4 by its description: %s", (_title, parts, start) => {
  expect(new Play(6, 443).send(ask(record(22, clientHello(parts)))).facts?.tls?.client?.ja4?.slice(0, start.length)).toBe(start);
});
