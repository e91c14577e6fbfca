import { expect, test } from "vitest";
import { applicationData, changeCipherSpec, clientHello, handshake, record, serverHello } from "../../../fuzz/seeds.mjs";
import { certificate, certificateList } from "../../../fuzz/tls-seeds.mjs";
import { answer, ask, type Packet, Play, segments } from "../play.ts";

const V12 = 0x0303;
const hello = serverHello({ cipher: 0xc02f });
const chain = handshake(11, certificateList(certificate({ names: ["www.example.org", "example.org"] }), Buffer.alloc(900, 3)));
const done = handshake(14, Buffer.alloc(0));
const asked = ask(record(22, clientHello({ name: "a.example" })));
const nameless = ask(record(22, clientHello()));
const separate = Buffer.concat([hello, chain, done].map((message) => record(22, message, V12)));
const together = record(22, Buffer.concat([hello, chain, done]), V12);
const split = Buffer.concat([
  record(22, Buffer.concat([hello, chain.subarray(0, 5)]), V12),
  record(22, chain.subarray(5, 400), V12),
  record(22, Buffer.concat([chain.subarray(400), done]), V12),
]);
/** A long message in records of 4000 bytes. */
const records = (message: Buffer) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(message.length / 4000) }, (_, n) => record(22, message.subarray(n * 4000, n * 4000 + 4000), V12)),
  );
const told = {
  subject: "CN=www.example.org",
  issuer: "CN=Example CA,C=LU",
  notBefore: "2025-01-02T03:04:05Z",
  notAfter: "2026-01-02T03:04:05Z",
  x509: { alternativeNames: ["www.example.org", "example.org"] },
};

const flights: [title: string, flight: Buffer][] = [
  ["a record each", separate],
  ["one record for all", together],
  ["records in the middle of a message", split],
  ["after a warning", Buffer.concat([record(21, Buffer.from([1, 112]), V12), separate])],
  ["after a CertificateStatus", record(22, Buffer.concat([hello, handshake(22, Buffer.alloc(500)), chain]), V12)],
];
test.each(flights)("the server's certificate: %s", (_title, flight) => {
  for (const size of [flight.length, 1460, 100, 7]) {
    const play = new Play(6, 443).send(asked, ...segments(answer(flight), size), answer(changeCipherSpec), ask(changeCipherSpec));
    expect(play.facts?.tls).toMatchObject({ version: "1.2", established: true, server: told });
    expect(play.facts?.tls?.resumed).toBeUndefined();
    expect(play.facts?.names).toEqual([{ name: "a.example", source: "sni" }]);
    expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, malformed: {} });
    expect(play.bits.at(-1)).toBe(0);
  }
});

test("no more of the chain is kept than the leaf", () => {
  const long = handshake(11, certificateList(certificate(), ...Array.from({ length: 12 }, () => Buffer.alloc(1500, 3))));
  const play = new Play(6, 443).send(asked, ...segments(answer(Buffer.concat([record(22, hello, V12), records(long)])), 1460));
  expect(play.facts?.tls?.server?.subject).toBe("CN=www.example.org");
  expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, malformed: {} });
});

test("a leaf that is longer than what is kept of a stream gives its beginning", () => {
  const names = Array.from({ length: 1200 }, (_, n) => `name-${n}.example.org`);
  const long = handshake(11, certificateList(certificate({ names })));
  const play = new Play(6, 443).send(asked, ...segments(answer(Buffer.concat([record(22, hello, V12), records(long)])), 1460));
  expect(play.facts?.tls?.server).toMatchObject({ notAfter: "2026-01-02T03:04:05Z" });
  expect(play.facts?.tls?.server?.x509?.alternativeNames).toHaveLength(256);
  expect(play.dissection.losses.of("facts_dropped")).toBeGreaterThan(100);
});

const subject = (name: string) => [[["2.5.4.3", name] as [string, string]]];
const namings: [title: string, parts: Parameters<typeof certificate>[0], name: string | undefined][] = [
  ["the subject's", {}, "www.example.org"],
  ["a whole level's, without the star", { subject: subject("*.Example.NET") }, "example.net"],
  ["an alternative one where the subject has none", { subject: subject("Example Ltd"), names: ["alt.example"] }, "alt.example"],
  ["none: a word", { subject: subject("localhost") }, undefined],
  ["none: an address", { subject: subject("192.0.2.1") }, undefined],
];
test.each(namings)("without a name of the client's, the certificate's: %s", (_title, parts, name) => {
  const flight = answer(record(22, Buffer.concat([hello, handshake(11, certificateList(certificate(parts)))]), V12));
  const names = name === undefined ? undefined : [{ name, source: "certificate" }];
  expect(new Play(6, 443).send(nameless, flight).facts?.names).toEqual(names);
  expect(new Play(6, 443, { detail: "names" }).send(nameless, flight).facts?.names).toEqual(names);
});

const resumptions: [title: string, flight: Buffer, resumed: true | undefined][] = [
  ["up to 1.2 no certificate comes", Buffer.concat([record(22, hello, V12), changeCipherSpec]), true],
  [
    "a ticket is no certificate",
    Buffer.concat([record(22, Buffer.concat([hello, handshake(4, Buffer.alloc(90))]), V12), changeCipherSpec]),
    true,
  ],
  ["1.3 with a key from before", Buffer.concat([record(22, withKey(serverHello({ version: 0x0304 }))), changeCipherSpec]), true],
  ["1.3 without one", Buffer.concat([record(22, serverHello({ version: 0x0304 })), changeCipherSpec]), undefined],
  [
    "a suite without certificates",
    Buffer.concat([record(22, Buffer.concat([hello, handshake(12, Buffer.alloc(9)), done]), V12), changeCipherSpec]),
    undefined,
  ],
];
test.each(resumptions)("a session taken up again: %s", (_title, flight, resumed) => {
  const play = new Play(6, 443).send(asked, answer(flight), ask(changeCipherSpec));
  expect(play.facts?.tls?.resumed).toBe(resumed);
  expect(play.facts?.tls?.established).toBe(true);
});

/** The same ServerHello with the extension pre_shared_key (41). */
function withKey(message: Buffer): Buffer {
  const bytes = Buffer.concat([message, Buffer.from([0, 41, 0, 2, 0, 0])]);
  const extensionsAt = 4 + 2 + 32 + 1 + 3;
  bytes.writeUInt16BE(bytes.readUInt16BE(extensionsAt) + 6, extensionsAt);
  bytes.writeUIntBE(bytes.length - 4, 1, 3);
  return bytes;
}

const ech = (key: number) => Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 7, 0, key]), Buffer.alloc(key), Buffer.from([0, 4, 1, 2, 3, 4])]);
test.each([
  ["www.example.org", 32, "likely_grease"],
  ["cloudflare-ech.com", 32, "offered"],
  ["www.example.org", 0, "offered"],
])("a sealed hello beside the name %s, its key of %i bytes: %s", (name, key, told) => {
  const sealed = record(22, clientHello({ name, versions: [0x0304], more: [[0xfe0d, ech(key)]] }));
  expect(new Play(6, 443).send(ask(sealed)).facts?.tls?.client?.ech).toBe(told);
});

test("where the server's side is not seen, a second hello is known by itself", () => {
  const parts = { name: "a.example", versions: [0x0304] };
  const again = record(22, clientHello({ ...parts, more: [[44, Buffer.alloc(2)]] }));
  const rest = Buffer.concat([changeCipherSpec, again, applicationData()]);
  for (const size of [rest.length, 5]) {
    const play = new Play(6, 443).send(
      ask(record(22, clientHello(parts))),
      ...segments(ask(rest), size, record(22, clientHello(parts)).length),
    );
    expect(play.facts?.tls?.client?.ja4All).toHaveLength(2);
    expect((play.bits.at(-1) ?? 0) & 3).toBe(2);
  }
  const early: Packet[] = [ask(record(22, clientHello(parts))), ask(changeCipherSpec), ask(applicationData())];
  expect(new Play(6, 443).send(...early).bits).toEqual([11, 3, 2]);
});

const CN = "2.5.4.3";
const name = (...parts: [type: string, value: string][]) => parts.map((part) => [part]);
const RELAY = { subject: name([CN, "www.wazqogv7u.net"]), issuer: name([CN, "www.cdf5wqohuheupxt7l.com"]) };
const ANYNET = name(["2.5.4.6", "DE"], ["2.5.4.10", "philandro Software GmbH"], [CN, "AnyNet Root CA"]);
const CLIENT = name([CN, "AnyDesk Client"]);

test.each([
  ["a relay of Tor", RELAY, ["tls", "tor"]],
  ["a relay's names the wrong way round", { subject: RELAY.issuer, issuer: RELAY.subject }, ["tls"]],
  ["a relay's names, and others", { ...RELAY, names: ["www.wazqogv7u.net"] }, ["tls"]],
  ["an issuer that is an organisation", { ...RELAY, issuer: name(["2.5.4.10", "Tor"], [CN, "www.cdf5wqohuheupxt7l.com"]) }, ["tls"]],
  ["letters that base32 has not", { ...RELAY, subject: name([CN, "www.hospital-1.net"]) }, ["tls"]],
  ["AnyDesk's relay", { subject: name([CN, "AnyNet Relay"]), issuer: ANYNET }, ["tls", "anydesk"]],
  ["somebody who calls itself so", { subject: name([CN, "AnyNet Relay"]), issuer: CLIENT }, ["tls"]],
  ["AnyDesk called directly", { subject: CLIENT, issuer: CLIENT }, ["tls", "anydesk"]],
])("what a certificate can only be of: %s", (_title, parts, words) => {
  const flight = Buffer.concat([hello, handshake(11, certificateList(certificate(parts))), done].map((part) => record(22, part, V12)));
  for (const detail of ["all", "names"] as const) {
    const play = new Play(6, 443, { detail }).send(asked, answer(flight));
    expect(play.facts?.protocols).toEqual(words);
  }
});
