import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { lines, sshKeyExchange, sshLine } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

test.each([1, 9, 1000])("identification lines of both ends, in segments of %i bytes", (size) => {
  const play = new Play(6, 50_022).send(
    ...segments(answer(sshLine("OpenSSH_9.6p1 Debian-3")), size),
    ...segments(ask(sshLine("Go", "1.99")), size),
  );
  expect(play.facts).toEqual({ protocols: ["ssh"], ssh: { server: "SSH-2.0-OpenSSH_9.6p1 Debian-3", client: "SSH-1.99-Go" } });
  expect(play.bits.at(-1)! & 8).toBe(8);
});

test("a line without an end", () => {
  const play = new Play(6, 22).send(ask(sshLine("x".repeat(300))));
  expect(play.facts).toEqual({ protocols: ["ssh"] });
  expect(play.dissection.counters().malformed).toEqual({ ssh_identification: 1 });
});

test.each(["SSH-3.0-x\r\n", "SSH 2.0\r\n", "ssh-2.0-x\r\n"])("not SSH: %j", (text) => {
  expect(new Play(6, 22).send(ask(Buffer.from(text))).facts).toBeUndefined();
});

test("a server may say other lines first", () => {
  const banner = Buffer.concat([lines("Welcome to the laboratory", "no SSH-2.0- here"), sshLine("OpenSSH_9.2")]);
  for (const size of [7, 400]) {
    const play = new Play(6, 22).send(...segments(answer(banner), size), ask(sshLine("Go")));
    expect(play.facts).toEqual({ protocols: ["ssh"], ssh: { server: "SSH-2.0-OpenSSH_9.2", client: "SSH-2.0-Go" } });
  }
  // Elsewhere only where the other direction has said what it is.
  expect(new Play(6, 50_001).send(ask(sshLine("Go")), answer(banner)).facts?.ssh?.server).toBe("SSH-2.0-OpenSSH_9.2");
  expect(new Play(6, 50_001).send(answer(banner)).facts).toBeUndefined();
});

// As OpenSSH offers them, and one more list each than HASSH has; of the server's some are empty.
const CLIENT = [
  "curve25519-sha256,ext-info-c",
  "ssh-ed25519",
  "aes128-ctr,aes256-ctr",
  "aes256-cbc",
  "hmac-sha2-256",
  "hmac-md5",
  "none,zlib",
  "zlib",
];
const SERVER = ["curve25519-sha256", "rsa-sha2-512", "", "aes256-ctr", "", "hmac-sha2-512", "", "none"];
const digest = (text: string) => createHash("md5").update(text).digest("hex");
const HASSH = digest("curve25519-sha256,ext-info-c;aes128-ctr,aes256-ctr;hmac-sha2-256;none,zlib");
const HASSH_SERVER = digest("curve25519-sha256;aes256-ctr;hmac-sha2-512;none");
const ignore = Buffer.from("0000000c04020000000000000000ffff", "hex");

test.each([5, 64, 4000])("what both ends can do, in segments of %i bytes", (size) => {
  const play = new Play(6, 22).send(
    ...segments(answer(Buffer.concat([sshLine("OpenSSH_9.6"), ignore, sshKeyExchange(...SERVER), Buffer.alloc(200, 7)])), size),
    ...segments(ask(Buffer.concat([sshLine("Go"), sshKeyExchange(...CLIENT), Buffer.alloc(200, 7)])), size),
  );
  expect(play.facts?.ssh).toEqual({ server: "SSH-2.0-OpenSSH_9.6", client: "SSH-2.0-Go", hassh: HASSH, hasshServer: HASSH_SERVER });
  expect(play.bits.at(-1)! & 3).toBe(0);
  expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, malformed: {} });
});

test("where names alone are wanted, or the version is another, nothing is read after the line", () => {
  const exchange = sshKeyExchange(...CLIENT);
  expect(new Play(6, 22, { detail: "names" }).send(ask(Buffer.concat([sshLine("Go"), exchange]))).facts).toEqual({ protocols: ["ssh"] });
  const old = new Play(6, 22).send(ask(Buffer.concat([sshLine("Old", "1.5"), exchange])));
  expect(old.facts?.ssh).toEqual({ client: "SSH-1.5-Old" });
  expect(old.bits[0] & 3).toBe(2);
});

test.each([
  ["another message", 5, 21, {}],
  ["a packet that is too long", 2, 0xff, {}],
  ["a list that runs over the end", 25, 0xff, { ssh_key_exchange: 1 }],
  ["padding that leaves no room", 4, 0xff, { ssh_key_exchange: 1 }],
])("no key exchange: %s", (_title, at, byte, counted) => {
  const broken = Buffer.from(sshKeyExchange("a", "b", "c", "d", "e", "f", "g", "h"));
  broken[at] = byte;
  const play = new Play(6, 22).send(ask(Buffer.concat([sshLine("Go"), broken])));
  expect(play.facts?.ssh).toEqual({ client: "SSH-2.0-Go" });
  expect(play.dissection.counters().malformed).toEqual(counted);
});
