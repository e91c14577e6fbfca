import { expect, test } from "vitest";
import { googleFrame, quicInitial } from "../../../fuzz/quic-seeds.mjs";
import { clientHello } from "../../../fuzz/seeds.mjs";
import { googleHello, googlePacket } from "../../../fuzz/tls-seeds.mjs";
import { ask, Play, segments } from "../play.ts";

const hello = googleHello([
  ["PAD\0", "-".repeat(40)],
  ["SNI\0", "G.Example"],
  ["VER\0", "Q046"],
]);
const named = { names: [{ name: "g.example", source: "sni" }], tls: { client: { serverName: "g.example" } } };
const flow = (...packets: Parameters<Play["send"]>) => new Play(17, 443).send(...packets);
const code = (version: string) => Buffer.from(version).readUInt32BE(0);
const text = (version: string) => `0x${Buffer.from(version).toString("hex")}`;

test.each(["Q025", "Q039", "Q043"])("%s: the name in a hello in clear", (version) => {
  expect(flow(ask(googlePacket(version, hello))).facts).toEqual({ protocols: ["quic"], quic: { version: text(version) }, ...named });
});

test("Q046: the same after a long header of its own", () => {
  const front = Buffer.concat([Buffer.from([0xc3]), Buffer.from("Q046"), Buffer.from([0x50]), Buffer.alloc(8, 9), Buffer.alloc(16, 1)]);
  const play = flow(ask(Buffer.concat([front, Buffer.from([0xa0, 1, 0, hello.length]), hello])));
  expect(play.facts).toEqual({ protocols: ["quic"], quic: { version: text("Q046") }, ...named });
});

test("Q050: the same out of a sealed packet, in two parts", () => {
  const packet = (offset: number, part: Buffer, number: number) =>
    ask(quicInitial({ version: code("Q050"), number, frames: googleFrame(offset, part) }));
  const play = flow(packet(60, hello.subarray(60), 2), packet(0, hello.subarray(0, 60), 1));
  expect(play.facts).toEqual({ protocols: ["quic"], quic: { version: text("Q050") }, ...named });
});

test.each(["T050", "T051"])("%s: TLS in Google's frames", (version) => {
  const frames = googleFrame(0, clientHello({ name: "t.example", alpn: [`h3-${version}`], versions: [0x0304] }));
  const { facts } = flow(ask(quicInitial({ version: code(version), frames })));
  expect(facts).toMatchObject({ quic: { version: text(version) }, tls: { client: { serverName: "t.example", alpn: [`h3-${version}`] } } });
});

test.each([500, 7])("Facebook's Zero: the name in a hello over TCP, in segments of %i bytes", (size) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(hello.length);
  const play = new Play(6, 443).send(...segments(ask(Buffer.concat([Buffer.from("1QTV0"), length, hello])), size));
  expect(play.facts).toEqual({ protocols: ["quic"], ...named });
  expect(new Play(6, 443).send(ask(Buffer.from("1QTV1 and more"))).facts?.protocols ?? []).not.toContain("quic");
});

test("a hello that lies about its values names nothing", () => {
  for (const end of [0xffff, 0x7fffffff, 3]) {
    const broken = Buffer.from(hello);
    broken.writeUInt32LE(end, 8 + 8 + 4);
    expect(flow(ask(googlePacket("Q043", broken))).facts?.names).toBeUndefined();
  }
});

test("without a hello in its first datagrams a flow is given up", () => {
  const play = flow(...Array.from({ length: 5 }, () => ask(googlePacket("Q043", Buffer.alloc(300, 1)))));
  expect(play.bits).toEqual([11, 11, 11, 8, 0]);
});
