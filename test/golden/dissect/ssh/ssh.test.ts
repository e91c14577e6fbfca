import { expect, test } from "vitest";
import { sshLine } from "../../../fuzz/seeds.mjs";
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
