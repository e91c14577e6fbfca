import { expect, test } from "vitest";
import { clientHello, serverHello, stunMessage } from "../../../fuzz/seeds.mjs";
import { certificate, certificateList, dtlsFragment, dtlsHelloBody, dtlsRecord } from "../../../fuzz/tls-seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const message = clientHello({ name: "D.Example", alpn: ["webrtc"] });
const first = dtlsHelloBody(message);
const second = dtlsHelloBody(message, { cookie: Buffer.alloc(20, 4) });
const serverBody = Buffer.concat([Buffer.from([0xfe, 0xfd]), serverHello({ cipher: 0xc02b }).subarray(6)]);
const leaf = certificateList(certificate({ names: ["d.example"] }));
const changed = dtlsRecord(20, Buffer.from([1]));
const sealed = dtlsRecord(22, Buffer.alloc(40, 9), { epoch: 1 });
const hello = (body: Buffer, more = {}) => dtlsRecord(22, dtlsFragment(1, body, more));
const version12 = { version: "1.2", versionProtocol: "dtls" };

test("a handshake of DTLS 1.2: cookie, hellos, a certificate in fragments, established", () => {
  const verify = dtlsRecord(22, dtlsFragment(3, Buffer.from([0xfe, 0xff, 20, ...Buffer.alloc(20, 4)])));
  const flight = [300, 600, leaf.length].map((end, n, ends) =>
    dtlsRecord(22, dtlsFragment(11, leaf, { sequence: 2, offset: ends[n - 1] ?? 0, length: end - (ends[n - 1] ?? 0) })),
  );
  const play = new Play(17, 50_002).send(
    ask(hello(first)),
    answer(verify),
    ask(hello(second, { sequence: 1 })),
    answer(Buffer.concat([dtlsRecord(22, dtlsFragment(2, serverBody, { sequence: 1 })), flight[0]])),
    answer(flight[2]),
    answer(Buffer.concat([flight[1], dtlsRecord(22, dtlsFragment(14, Buffer.alloc(0), { sequence: 3 }))])),
    ask(Buffer.concat([changed, sealed])),
    answer(Buffer.concat([changed, sealed])),
  );
  expect(play.facts).toEqual({
    protocols: ["dtls"],
    names: [{ name: "d.example", source: "sni" }],
    tls: {
      ...version12,
      cipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      established: true,
      client: { serverName: "d.example", alpn: ["webrtc"], ja4: expect.stringMatching(/^dd2d0303wc_/) },
      server: {
        subject: "CN=www.example.org",
        issuer: "CN=Example CA,C=LU",
        notBefore: "2025-01-02T03:04:05Z",
        notAfter: "2026-01-02T03:04:05Z",
        x509: { alternativeNames: ["d.example"] },
      },
    },
  });
  expect(play.bits.at(-1)).toBe(0);
});

test.each([
  [0xfeff, [], "1.0", /^dd1d/],
  [0xfefd, [0xfefc, 0xfefd], "1.3", /^dd2d/],
  [0xfefd, [0xfefc], "1.3", /^dd3d/],
  [0x0100, [], "1.0", /^d00d/],
])("offered: %i %j", (version, versions, told, ja4) => {
  const body = dtlsHelloBody(clientHello({ name: "d.example", versions }), { version });
  const play = new Play(17, 50_002).send(ask(dtlsRecord(22, dtlsFragment(1, body), { version })));
  expect(play.facts?.tls).toMatchObject({ version: told, versionProtocol: "dtls", client: { ja4: expect.stringMatching(ja4) } });
});

test("a hello in fragments, the last first, over two datagrams", () => {
  const play = new Play(17, 50_002).send(ask(hello(first, { offset: 70 })), ask(hello(first, { offset: 0, length: 75 })));
  expect(play.facts?.names).toEqual([{ name: "d.example", source: "sni" }]);
});

test("without a name of the client's, the certificate's", () => {
  const flight = Buffer.concat([dtlsRecord(22, dtlsFragment(2, serverBody)), dtlsRecord(22, dtlsFragment(11, leaf, { sequence: 1 }))]);
  const anonymous = dtlsHelloBody(clientHello());
  const play = new Play(17, 50_002, { detail: "names" }).send(ask(hello(anonymous)), answer(flight));
  expect(play.facts).toMatchObject({
    protocols: ["dtls"],
    names: [{ name: "www.example.org", source: "certificate" }],
    tls: { server: { subject: "CN=www.example.org", notAfter: "2026-01-02T03:04:05Z" } },
  });
});

test("a session taken up again", () => {
  const play = new Play(17, 50_002).send(
    ask(hello(first)),
    answer(Buffer.concat([dtlsRecord(22, dtlsFragment(2, serverBody)), changed, sealed])),
    ask(Buffer.concat([changed, sealed])),
  );
  expect(play.facts?.tls).toMatchObject({ resumed: true, established: true });
});

test("inside STUN's flow, and inside TURN's channels", () => {
  const channel = (bytes: Buffer) => Buffer.concat([Buffer.from([0x40, 0, bytes.length >>> 8, bytes.length & 255]), bytes]);
  const bare = new Play(17, 50_002).send(ask(stunMessage(1)), answer(stunMessage(0x101)), ask(hello(first)));
  expect(bare.facts).toMatchObject({ protocols: ["stun", "dtls"], tls: { ...version12, client: { serverName: "d.example" } } });
  const relayed = new Play(17, 3478).send(ask(stunMessage(1)), ask(channel(hello(first))));
  expect(relayed.facts).toMatchObject({ protocols: ["stun", "dtls"], tls: version12 });
});

test("in CAPWAP's control channel", () => {
  const play = new Play(17, 5246).send(ask(Buffer.concat([Buffer.from([1, 0, 0, 0]), hello(first)])));
  expect(play.facts).toMatchObject({ protocols: ["capwap", "dtls"], tls: version12 });
});

test("in the middle of a connection: sealed records alone are enough", () => {
  const data = dtlsRecord(23, Buffer.alloc(50, 3), { epoch: 1, number: 77 });
  const play = new Play(17, 50_002).send(ask(Buffer.concat([data, data])), answer(data));
  expect(play.facts).toEqual({ protocols: ["dtls"], tls: { established: true } });
});

test("fragments without end cost no more than their share", () => {
  const endless = Buffer.alloc(60_000, 1);
  const play = new Play(17, 50_002);
  for (let n = 0; n < 60; n += 1) play.send(ask(hello(endless, { offset: n * 1000, length: 1000 })));
  expect(play.facts?.tls).toBeUndefined();
  expect(play.dissection.losses.of("dissect_limit")).toBeGreaterThan(0);
  expect(play.bits.at(-1)).toBe(0);
});

const good = hello(first);
test.each([
  ["a version nobody has", Buffer.concat([Buffer.from([22, 3, 3]), good.subarray(3)])],
  ["a length beyond the datagram", good.subarray(0, -1)],
  ["data with something behind it", Buffer.concat([dtlsRecord(23, Buffer.alloc(20), { epoch: 1 }), Buffer.alloc(5)])],
  ["CAPWAP's header elsewhere", Buffer.concat([Buffer.from([1, 0, 0, 0]), good])],
])("not DTLS: %s", (_why, bytes) => {
  expect(new Play(17, 50_002).send(ask(bytes)).facts?.tls).toBeUndefined();
});

/** RTP (RFC 3550 §5.1), sealed or not: it looks the same. */
const media = (sequence: number) => Buffer.concat([Buffer.from([0x80, 111, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 9]), Buffer.alloc(80, 0x5a)]);

test("media whose keys it makes are told, without STUN too", () => {
  const forMedia = dtlsHelloBody(clientHello({ name: "d.example", more: [[14, Buffer.from([0, 2, 0, 1, 0])]] }));
  const shaken = (body: Buffer) =>
    new Play(17, 50_002).send(ask(hello(body)), answer(dtlsRecord(22, dtlsFragment(2, serverBody))), ask(changed), answer(changed));
  const play = shaken(forMedia).send(ask(media(1)), answer(media(1)), ask(media(2)));
  expect(play.facts).toMatchObject({
    protocols: ["dtls", "rtp"],
    rtp: { payloadTypes: [111], ssrcs: 1, secured: "dtls" },
    tls: { established: true },
  });
  play.send(...Array.from({ length: 70 }, (_, n) => ask(media(n + 3))));
  expect(play.bits.at(-1)).toBe(0);
  // A client that asked for no such keys sends no media.
  expect(shaken(first).send(ask(media(1)), ask(media(2))).facts?.protocols).toEqual(["dtls"]);
});
