import { expect, test } from "vitest";
import { cryptoFrame, quicInitial, quicRetry, quicSealed } from "../../../fuzz/quic-seeds.mjs";
import { clientHello, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const id = Buffer.from("8394c8f03e515708", "hex");
const serverId = Buffer.from("f067a5502a4262b5", "hex");
const hello = clientHello({ name: "q.example", alpn: ["h3"], versions: [0x0304] });
const asked = ask(quicInitial({ id, frames: cryptoFrame(0, hello), padTo: 1162 }));
const ack = Buffer.from([2, 0, 0, 0, 0]);
const message = serverHello({ cipher: 0x1302, version: 0x0304 });
const server = (frames: Buffer, more = {}) =>
  quicInitial({ id: Buffer.alloc(0), source: serverId, keyId: id, isServer: true, frames, ...more });
const answered = server(Buffer.concat([ack, cryptoFrame(0, message)]));
const shortHeader = Buffer.concat([Buffer.from([0x41]), Buffer.alloc(40, 5)]);

const flow = (...packets: Parameters<Play["send"]>) => new Play(17, 443).send(...packets);

test("the server's hello tells the suite, and then no more is wanted", () => {
  const play = flow(asked, answer(Buffer.concat([answered, quicSealed(2)])), answer(shortHeader));
  expect(play.facts?.tls).toMatchObject({ version: "1.3", cipher: "TLS_AES_256_GCM_SHA384", client: { serverName: "q.example" } });
  expect(play.bits).toEqual([11, 0, 0]);
});

test("the hello of a server with a post-quantum key share goes on in the next packet: nothing is wrong with that", () => {
  const share = Buffer.concat([Buffer.from([0, 51, 4, 0x64, 0x11, 0xec, 4, 0x60]), Buffer.alloc(1120, 6)]);
  const version = Buffer.from([0, 43, 0, 2, 3, 4]);
  const body = Buffer.concat([
    message.subarray(4, 4 + 2 + 32 + 1 + 2 + 1),
    Buffer.from([(share.length + version.length) >> 8, (share.length + version.length) & 255]),
    version,
    share,
  ]);
  const large = Buffer.concat([Buffer.from([2, 0, body.length >> 8, body.length & 255]), body]);
  const play = flow(asked, answer(server(Buffer.concat([ack, cryptoFrame(0, large.subarray(0, 1100))]))));
  expect(play.facts?.tls).toMatchObject({ version: "1.3", cipher: "TLS_AES_256_GCM_SHA384" });
  expect(play.dissection.counters().malformed).toEqual({});
});

test("acknowledgements may come before it, of a hello in several packets", () => {
  const [first, second] = [hello.subarray(0, 90), hello.subarray(90)];
  const play = flow(
    ask(quicInitial({ id, frames: cryptoFrame(0, first) })),
    ...Array.from({ length: 5 }, (_, n) => answer(server(ack, { number: n }))),
    ask(quicInitial({ id, number: 3, frames: cryptoFrame(90, second) })),
    answer(answered),
  );
  expect(play.facts?.tls?.cipher).toBe("TLS_AES_256_GCM_SHA384");
  expect(play.bits.at(-1)).toBe(0);
});

test("a server that takes up version 2 (RFC 9368) is opened with its keys; the first version is told", () => {
  const play = flow(asked, answer(server(cryptoFrame(0, message), { version: 0x6b3343cf })));
  expect(play.facts).toMatchObject({ quic: { version: "0x00000001" }, tls: { cipher: "TLS_AES_256_GCM_SHA384" } });
});

test("after a Retry the server's keys are those of the new connection id", () => {
  const again = ask(quicInitial({ id: serverId, token: Buffer.alloc(70, 3), frames: cryptoFrame(0, hello) }));
  const reply = quicInitial({ id: Buffer.alloc(0), keyId: serverId, isServer: true, frames: cryptoFrame(0, message) });
  const part = ask(quicInitial({ id, frames: cryptoFrame(0, hello.subarray(0, 60)) }));
  for (const first of [part, asked])
    expect(flow(first, answer(quicRetry(serverId)), again, answer(reply)).facts?.tls?.cipher).toBe("TLS_AES_256_GCM_SHA384");
});

test("a second hello, which follows the first in the handshake", () => {
  const retry = Buffer.from(message);
  Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex").copy(retry, 6);
  const second = clientHello({ name: "q.example", alpn: ["h3"], versions: [0x0304], more: [[44, Buffer.alloc(2)]] });
  const play = flow(
    asked,
    answer(server(cryptoFrame(0, retry))),
    ask(quicInitial({ id, number: 3, frames: cryptoFrame(hello.length, second) })),
    answer(server(cryptoFrame(retry.length, message), { number: 4 })),
  );
  expect(play.facts?.tls?.client?.ja4All).toHaveLength(2);
});

test("it is over with the first short header, and where only names are wanted with the client's hello", () => {
  expect(flow(asked, ask(shortHeader)).bits).toEqual([11, 0]);
  expect(new Play(17, 443, { detail: "names" }).send(asked).bits).toEqual([8]);
  const silent = flow(asked, ...Array.from({ length: 40 }, () => answer(quicSealed(2))));
  expect(silent.bits.at(-1)).toBe(0);
});
