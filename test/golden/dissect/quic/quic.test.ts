import { expect, test } from "vitest";
import { initialKeys } from "../../../../src/dissect/quic-keys.ts";
import { quicVersion } from "../../../../src/dissect/quic-versions.ts";
import { cryptoFrame, googleQuic, quicInitial, quicNegotiation, quicRetry, quicSealed } from "../../../fuzz/quic-seeds.mjs";
import { clientHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const hello = clientHello({ name: "Q.Example", alpn: ["h3"], versions: [0x0304] });
const whole = cryptoFrame(0, hello);
/** The hello as frames of `size` bytes, the last first. */
const shuffled = (size: number) =>
  Array.from({ length: Math.ceil(hello.length / size) }, (_, n) =>
    cryptoFrame(n * size, hello.subarray(n * size, (n + 1) * size)),
  ).reverse();
const ping = Buffer.from([1]);
const ack = Buffer.from([2, 5, 0, 1, 0, 1, 0]);
const names = [{ name: "q.example", source: "sni" }];

const flow = (...packets: Parameters<Play["send"]>) => new Play(17, 443).send(...packets);

test.each([
  [1, "8394c8f03e515708", "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"],
  [0x6b3343cf, "8394c8f03e515708", "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"],
])("keys of version %i are those of RFC 9001 A.1 and RFC 9369 A.1", (version, id, key, iv, headerKey) => {
  const known = quicVersion(version)!;
  const keys = initialKeys(known, known.salt!, Buffer.from(id, "hex"));
  expect([keys.key, keys.iv, keys.headerKey].map((bytes) => bytes.toString("hex"))).toEqual([key, iv, headerKey]);
});

test.each([
  [0x00000001, "0x00000001"],
  [0xff000016, "0xff000016"],
  [0xff000017, "0xff000017"],
  [0xff00001d, "0xff00001d"],
  [0x6b3343cf, "0x6b3343cf"],
])("the hello in the first packet, version %i", (version, text) => {
  const play = flow(ask(quicInitial({ version, frames: whole, padTo: 1162 })));
  expect(play.facts).toEqual({
    protocols: ["quic"],
    names,
    quic: { version: text },
    tls: {
      version: "1.3",
      versionProtocol: "tls",
      client: { serverName: "q.example", alpn: ["h3"], ja4: expect.stringMatching(/^q13d0304h3_/) },
    },
  });
  expect(play.bits).toEqual([11]);
});

test.each([
  ["on its port", 853, ["doq"], true],
  ["on another port", 8853, ["doq"], true],
  ["of a draft", 853, ["doq-i11"], true],
  ["offered beside others", 443, ["h3", "doq"], true],
  ["not on its port alone", 853, ["h3"], false],
  ["not by a name that only begins so", 853, ["doqs"], false],
  ["not without a protocol's name", 853, [], false],
])("DNS over QUIC: %s", (_how, port, alpn, isDns) => {
  for (const version of [1, 0x6b3343cf, 0xff00001d]) {
    const dnsHello = clientHello({ name: "dns.example", alpn, versions: [0x0304] });
    for (const detail of ["all", "names"] as const) {
      const play = new Play(17, port, { detail }).send(ask(quicInitial({ version, frames: cryptoFrame(0, dnsHello), padTo: 1162 })));
      expect(play.facts).toMatchObject({ protocols: isDns ? ["quic", "doq"] : ["quic"], names: [{ name: "dns.example", source: "sni" }] });
    }
  }
});

test("names alone", () => {
  const play = new Play(17, 443, { detail: "names" }).send(ask(quicInitial({ frames: whole })));
  expect(play.facts).toEqual({
    protocols: ["quic"],
    names,
    quic: { version: "0x00000001" },
    tls: { version: "1.3", versionProtocol: "tls", client: { serverName: "q.example" } },
  });
  expect(play.bits).toEqual([8]);
});

test("frames in any order, over packets of one datagram and of several, with others between them", () => {
  const parts = shuffled(40);
  const one = quicInitial({ number: 0, frames: Buffer.concat([ping, ...parts.slice(0, 2), ack]) });
  const two = quicInitial({ number: 1, frames: parts[2] });
  const rest = quicInitial({ number: 2, frames: Buffer.concat([parts[1], ...parts.slice(3)]) });
  const play = flow(ask(Buffer.concat([one, quicSealed(1), two])), answer(quicSealed(2)), ask(rest));
  expect(play.facts?.names).toEqual(names);
  expect(play.bits).toEqual([3, 3, 11]);
});

test("after a Retry the keys are those of the server's connection id", () => {
  const source = Buffer.from("f067a5502a4262b5", "hex");
  const token = Buffer.alloc(70, 3);
  const play = flow(
    ask(quicInitial({ frames: shuffled(80)[0] })),
    answer(quicRetry(source)),
    ask(quicInitial({ id: source, token, frames: whole })),
  );
  expect(play.facts?.names).toEqual(names);
});

test("later packets go to the id that the server chose, with the keys of the first", () => {
  const [last, ...others] = shuffled(80);
  const keyId = Buffer.from("0102030405060708", "hex");
  const play = flow(
    ask(quicInitial({ id: keyId, frames: last })),
    ask(quicInitial({ id: Buffer.alloc(8, 7), keyId, number: 9, frames: Buffer.concat(others) })),
  );
  expect(play.facts?.names).toEqual(names);
});

test("a version that is negotiated: the first one is told", () => {
  const play = flow(
    ask(quicInitial({ version: 0xff00001d, frames: shuffled(80)[0] })),
    answer(quicNegotiation([0x1a2a3a4a, 1])),
    ask(quicInitial({ frames: whole })),
  );
  expect(play.facts).toMatchObject({ names, quic: { version: "0xff00001d" } });
});

test("who asks is known by the packets: of the server nothing is opened", () => {
  const id = Buffer.from("8394c8f03e515708", "hex");
  const server = quicInitial({ id: Buffer.alloc(4, 1), keyId: id, isServer: true, frames: ack });
  const play = flow(ask(server), answer(quicInitial({ id, frames: whole })));
  expect(play.isTurned).toBe(true);
  expect(play.facts?.names).toEqual(names);
  expect(flow(ask(quicNegotiation([1]))).isTurned).toBe(true);
});

test("a packet that does not open names nothing, and the flow is given up", () => {
  const forged = quicInitial({ keyId: Buffer.alloc(8, 9), frames: whole });
  const play = flow(...Array.from({ length: 6 }, () => ask(forged)));
  expect(play.facts).toEqual({ protocols: ["quic"], quic: { version: "0x00000001" } });
  expect(play.bits[3]).toBe(0);
});

test("of a packet that is cut, what is there", () => {
  const bytes = quicInitial({ frames: whole, padTo: 1162 });
  expect(flow(ask(bytes, { captured: 180 })).facts?.names).toEqual(names);
});

test("frames that may not be in a first packet", () => {
  const play = flow(ask(quicInitial({ frames: Buffer.from([8, 0, 0, 0]) })));
  expect(play.dissection.counters().malformed).toEqual({ quic_frame: 1 });
});

test("a hello without end is given up", () => {
  const play = flow(
    ...Array.from({ length: 16 }, (_, n) => ask(quicInitial({ number: n, frames: cryptoFrame(n * 1100, Buffer.alloc(1100, 1)) }))),
  );
  expect(play.facts?.names).toBeUndefined();
  expect(play.dissection.losses.of("dissect_limit")).toBe(1);
  expect(play.bits.at(-1)).toBe(0);
});

test("a second of packet time has a share of packets to open", () => {
  const bytes = quicInitial({ frames: shuffled(80)[0] });
  const flood = new Play(17, 443);
  flood.stepMicros = 1;
  for (let slot = 0; slot < 2500; slot += 1) flood.sendTo(slot, ask(bytes));
  expect(flood.dissection.losses.of("dissect_limit")).toBe(500);
});

test.each(["Q043", "Q025"])("Google's QUIC: %s", (version) => {
  expect(flow(ask(googleQuic(version))).facts).toEqual({
    protocols: ["quic"],
    quic: { version: `0x${Buffer.from(version).toString("hex")}` },
  });
});

const initial = quicInitial({ frames: whole });
const changed = (at: number, value: number) => {
  const bytes = Buffer.from(initial);
  bytes[at] = value;
  return bytes;
};

test.each([
  ["a version nobody knows", changed(4, 9)],
  ["no fixed bit", changed(0, initial[0] & 0xbf)],
  ["a connection id beyond 20 bytes", changed(5, 21)],
  ["a length beyond the datagram", initial.subarray(0, -1)],
  ["a short header", changed(0, 0x41)],
  ["versions nobody knows", quicNegotiation([0x1a2a3a4a, 7])],
  ["a list of versions that is no list", quicNegotiation([1]).subarray(0, -1)],
  ["not Google's", googleQuic("R043")],
  ["RTP with a sequence that looks like a version", Buffer.from("80000000010000000000000000000000", "hex")],
])("not QUIC: %s", (_why, bytes) => {
  expect(flow(ask(bytes)).facts).toBeUndefined();
});
