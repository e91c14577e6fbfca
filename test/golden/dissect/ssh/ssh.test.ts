import { expect, test } from "vitest";
import { lines, sshLine } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

test.each([1, 9, 1000])("identification lines of both ends, in segments of %i bytes", (size) => {
  const play = new Play(6, 50_022).send(
    ...segments(answer(sshLine("OpenSSH_9.6p1 Debian-3")), size),
    ...segments(ask(sshLine("Go", "1.99")), size),
  );
  expect(play.facts).toEqual({ protocols: ["ssh"], ssh: { server: "SSH-2.0-OpenSSH_9.6p1 Debian-3", client: "SSH-1.99-Go" } });
  expect(play.bits.at(-1)).toBe(8);
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
