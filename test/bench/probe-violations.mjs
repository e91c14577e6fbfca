// Sends clear-text HL7 to so many different outside hosts through a raw socket, one each 50 ms, and says when: probe-violations.mjs IFACE COUNT

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mllp } from "../../dist/demo/conversation.js";
import { udpFrame } from "../../dist/demo/frames.js";
import { dns } from "../../dist/demo/payloads.js";

const koffi = createRequire(import.meta.url)("koffi");
const libc = koffi.load("libc.so.6");
const socket = libc.func("int socket(int, int, int)");
const sendto = libc.func("int64_t sendto(int, void*, size_t, int, void*, uint32_t)");
const [link, count] = [process.argv[2], Number(process.argv[3])];
const address = Buffer.alloc(20);
address.writeUInt16LE(17, 0);
address.writeInt32LE(Number(readFileSync(`/sys/class/net/${link}/ifindex`, "utf8")), 4);
const fd = socket(17, 3, 0);
const send = (frame) => sendto(fd, frame, frame.length, 0, address, address.length);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

for (let n = 0; n < count; n += 1) {
  const name = `probe${n}.hl7-${n}.example`;
  const client = { address: "10.250.0.10", mac: "02:00:00:00:00:0a" };
  const server = { address: `52.20.${n}.10`, mac: "02:00:00:00:00:0b" };
  const resolver = { address: "10.250.0.53", mac: "02:00:00:00:00:0c" };
  const ask = { from: client, to: resolver, fromPort: 40_000 + n, toPort: 53, payload: dns(n, name, server.address, false) };
  send(udpFrame(ask));
  send(udpFrame({ from: resolver, to: client, fromPort: 53, toPort: 40_000 + n, payload: dns(n, name, server.address, true) }));
  await sleep(25);
  const beats = mllp(
    { client, server, clientPort: 41_000 + n, serverPort: 2575, rttMicros: 100, random: Math.random },
    1,
    () => new Date(),
  );
  let sentMs;
  for (const { frame } of beats) {
    // The clock starts with the first packet that carries the violation (after the handshake's three).
    if (frame.length > 100) sentMs ??= Date.now();
    send(frame);
  }
  console.log(JSON.stringify({ name, sentMs }));
  await sleep(25);
}
