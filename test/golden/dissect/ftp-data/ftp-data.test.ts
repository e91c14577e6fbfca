import { expect, test } from "vitest";
import { clientHello, lines, record } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const DATA = 9;
/** Lines of the control connection that name the port 50000, which the data connection then uses. */
const announcements: [string, "ask" | "answer", string][] = [
  ["PASV", "answer", "227 Entering Passive Mode (192,0,2,1,195,80)."],
  ["EPSV", "answer", "229 Entering Extended Passive Mode (|||50000|)"],
  ["PORT", "ask", "PORT 192,0,2,1,195,80"],
  ["EPRT", "ask", "EPRT |2|2001:db8::1|50000|"],
];

test.each(announcements)("after %s the data connection is known", (_name, from, line) => {
  const play = new Play(6, 21).send(answer(lines("220 FTP ready")), (from === "ask" ? ask : answer)(lines(line)));
  play.sendTo(DATA, ask(Buffer.from("anything at all"), { offset: 0 }));
  expect(play.dissection.factsOf(DATA)).toEqual({ protocols: ["ftp-data"] });
});

test("TLS on it is read as such", () => {
  const play = new Play(6, 21).send(answer(lines("220 FTP ready")), ask(lines("PORT 192,0,2,1,195,80")));
  play.sendTo(DATA, ask(record(22, clientHello({ name: "f.example" })), { offset: 0 }));
  expect(play.dissection.factsOf(DATA)).toMatchObject({ protocols: ["ftp-data", "tls"] });
});

const post = lines("POST /up HTTP/1.1", "Host: drop.example", "Content-Length: 3", "", "abc");
test.each([
  ["at once", [ask(post, { offset: 0 })]],
  ["its first byte by itself", [ask(post.subarray(0, 1), { offset: 0 }), ask(post.subarray(1), { offset: 1 })]],
  ["after a byte of the other side", [answer(Buffer.from("\x01"), { offset: 0 }), ask(post, { offset: 0 })]],
])("who announces his own port hides no name by it: %s", (_how, packets) => {
  const play = new Play(6, 21).send(answer(lines("220 FTP ready")), ask(lines("PORT 192,0,2,1,195,80")));
  for (const packet of packets) play.sendTo(DATA, packet);
  expect(play.dissection.factsOf(DATA)).toMatchObject({
    protocols: ["ftp-data", "http"],
    names: [{ name: "drop.example", source: "host" }],
  });
});

test("of one segment so many announcements are believed, and no more", () => {
  const announce = Array.from({ length: 20 }, (_, n) => `PORT 192,0,2,1,195,${61 + n}`);
  const play = new Play(6, 21).send(answer(lines("220 FTP ready")), ask(lines(...announce)));
  play.sendTo(DATA, ask(Buffer.from("anything at all"), { offset: 0 }));
  expect(play.dissection.factsOf(DATA)).toBeUndefined();
});

test("not another port, not too late, and not without FTP", () => {
  const bytes = ask(Buffer.from("anything at all"), { offset: 0 });
  const other = new Play(6, 21).send(answer(lines("220 FTP ready")), ask(lines("PORT 192,0,2,1,195,81")));
  expect(other.sendTo(DATA, bytes).dissection.factsOf(DATA)).toBeUndefined();
  const late = new Play(6, 21).send(answer(lines("220 FTP ready")), ask(lines("PORT 192,0,2,1,195,80")));
  late.stepMicros = 121e6;
  expect(late.sendTo(DATA, bytes).dissection.factsOf(DATA)).toBeUndefined();
  expect(new Play(6, 2121).sendTo(DATA, bytes).dissection.factsOf(DATA)).toBeUndefined();
});
