import { describe, expect, test } from "vitest";
import { applicationData, changeCipherSpec, clientHello, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, type Packet, Play, segments } from "../play.ts";

const session = (byte: number) => Buffer.alloc(8, byte);
const u32 = (n: number) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
const none = Buffer.alloc(0);
/** HMAC, packet number and time of `tls-auth`. */
const auth = (hmac: number, id: number) => Buffer.concat([Buffer.alloc(hmac, 0xa5), u32(id), u32(1_700_000_000)]);

const clientReset = (guard = none) => Buffer.concat([Buffer.from([0x38]), session(1), guard, Buffer.from([0]), u32(0)]);
const serverReset = (guard = none) => Buffer.concat([Buffer.from([0x40]), session(2), guard, Buffer.from([1]), u32(0), session(1), u32(0)]);
const control = (id: number, tls: Buffer, guard = none) =>
  Buffer.concat([Buffer.from([0x20]), session(1), guard, Buffer.from([0]), u32(id), tls]);
const data = Buffer.concat([Buffer.from([0x48, 0, 0, 1]), Buffer.alloc(60, 7)]);

const hello = record(22, clientHello({ name: "vpn.example", padding: 600 }));
const serverHelloRecord = record(22, serverHello({ cipher: 0xc02f }), 0x0303);
const sealed = Buffer.concat([changeCipherSpec, applicationData()]);

const told = {
  protocols: ["openvpn", "tls"],
  names: [{ name: "vpn.example", source: "sni" }],
  tls: { version: "1.2", cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", client: { serverName: "vpn.example" } },
};

const overTcp = ({ bytes, from }: Packet): Packet => ({
  from,
  bytes: Buffer.concat([Buffer.from([bytes.length >>> 8, bytes.length & 255]), bytes]),
});

describe.each([
  ["plain", 0],
  ["tls-auth with SHA-1", 20],
  ["tls-auth with SHA-512", 64],
])("%s", (_form, hmac) => {
  const guard = (id: number) => (hmac === 0 ? none : auth(hmac, id));
  const packets = [
    ask(clientReset(guard(1))),
    answer(serverReset(guard(1))),
    ask(control(1, hello.subarray(0, 300), guard(2))),
    ask(control(2, hello.subarray(300), guard(3))),
    answer(control(1, serverHelloRecord, guard(2))),
    answer(control(2, sealed, guard(3))),
    ask(control(3, sealed, guard(4))),
  ];

  test("over UDP", () => {
    const play = new Play(17, 50_001).send(...packets);
    expect(play.facts).toMatchObject(told);
    play.send(ask(data));
    expect(play.bits.at(-1)! & 3).toBe(0);
  });

  test.each([3, 100, 1400])("over TCP, in segments of %i bytes", (size) => {
    const play = new Play(6, 443);
    for (const from of ["initiator", "responder"] as const) {
      const stream = Buffer.concat(packets.filter((packet) => packet.from === from).map((packet) => overTcp(packet).bytes));
      play.send(...segments({ from, bytes: stream }, size));
    }
    expect(play.facts).toMatchObject(told);
    expect(play.dissection.counters().malformed).toEqual({});
  });
});

test("pieces that come early, twice, or not at all", () => {
  const start = [ask(clientReset()), answer(serverReset())];
  const pieces = [hello.subarray(0, 200), hello.subarray(200, 500), hello.subarray(500)].map((piece, n) => ask(control(n + 1, piece)));
  const [first, second, third] = pieces;
  expect(new Play(17, 1194).send(...start, first, third, first, second).facts).toMatchObject({ names: told.names });
  expect(new Play(17, 1194).send(...start, first, third).facts).toEqual({ protocols: ["openvpn", "tls"] });
});

test("a sealed control channel shows nothing", () => {
  const play = new Play(17, 1194).send(ask(clientReset()), answer(serverReset()), ask(control(1, Buffer.alloc(300, 0x5a))), ask(data));
  expect(play.facts).toEqual({ protocols: ["openvpn"] });
});

test("a channel without an end is not watched for ever", () => {
  const play = new Play(17, 1194).send(ask(clientReset()));
  for (let n = 0; n < 80; n += 1) play.send(ask(Buffer.concat([Buffer.from([0x28]), session(1), Buffer.from([0])])));
  expect(play.bits.at(-1)! & 3).toBe(0);
});
