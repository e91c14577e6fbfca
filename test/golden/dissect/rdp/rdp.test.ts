import { expect, test } from "vitest";
import { clientHello, record, serverHello } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

/** TPKT and X.224 (MS-RDPBCGR §2.2.1.1, §2.2.1.2). */
function x224(code: number, ...rest: (string | number[])[]): Buffer {
  const body = Buffer.concat(rest.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
  return Buffer.concat([Buffer.from([3, 0, 0, 11 + body.length, 6 + body.length, code, 0, 0, 0, 0, 0]), body]);
}
const request = x224(0xe0, "Cookie: mstshash=anna\r\n", [1, 0, 8, 0, 3, 0, 0, 0]);
const confirm = x224(0xd0, [2, 0, 8, 0, 2, 0, 0, 0]);
const tls = [ask(record(22, clientHello({ name: "ws7.example" }))), answer(record(22, serverHello({ version: 0x0304 })))];

test("what was offered and chosen, then TLS; the cookie is not kept", () => {
  const play = new Play(6, 50_001).send(ask(request), answer(confirm), ...tls);
  expect(play.facts).toMatchObject({
    protocols: ["rdp", "tls"],
    rdp: { offeredSecurity: ["tls", "credssp"], security: "credssp" },
    tls: { version: "1.3" },
  });
  expect(JSON.stringify(play.facts)).not.toContain("anna");
});

test("its own security, in pieces", () => {
  const play = new Play(6, 3389).send(...segments(ask(x224(0xe0)), 4), answer(x224(0xd0)));
  expect(play.facts).toEqual({ protocols: ["rdp"] });
});

test("not a connection of another service over TPKT", () => {
  expect(new Play(6, 102).send(ask(x224(0xe0, [0xc0, 1, 0x0a, 0xc1, 2, 1, 0, 0xc2, 2]))).facts).toBeUndefined();
  expect(new Play(6, 50_001).send(ask(x224(0xe0))).facts).toBeUndefined();
});
