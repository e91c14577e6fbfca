import { PassThrough } from "node:stream";
import dnsPacket from "dns-packet";
import { readTlsClientHello } from "read-tls-client-hello";
import { describe, expect, it } from "vitest";
import { TCP_FLAGS, tcpFrame, udpFrame } from "../../../src/demo/frames.ts";
import { clientHello, dns } from "../../../src/demo/payloads.ts";
import { DemoSource } from "../../../src/demo/source.ts";
import { ManualClock } from "../../../src/lib/clock.ts";

const from = { address: "10.20.0.1", mac: "02:00:00:00:00:02" };
const to = { address: "192.0.2.9", mac: "02:00:00:00:00:03" };
const half = () => 0.5;

/** Sums 16-bit words as RFC 1071 has it; a right header or segment with its checksum gives 0xffff. */
function onesSum(...parts: Buffer[]): number {
  let sum = 0;
  for (const part of parts) for (let at = 0; at < part.length; at += 2) sum += (part[at] << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

describe("the synthetic hospital's packets", () => {
  it.each([
    [
      "tcp",
      tcpFrame(
        { from, to, fromPort: 1025, toPort: 443, payload: Buffer.from("odd") },
        { sequence: 1, acknowledge: 2, flags: TCP_FLAGS.ack },
      ),
    ],
    [
      "tcp syn in a VLAN",
      tcpFrame(
        { from, to, vlan: 100, fromPort: 1025, toPort: 443, payload: Buffer.alloc(0) },
        { sequence: 1, acknowledge: 0, flags: TCP_FLAGS.syn },
      ),
    ],
    ["udp", udpFrame({ from, to, fromPort: 1025, toPort: 53, payload: Buffer.from("x") })],
  ])("%s has right lengths and checksums", (_, frame) => {
    const at = frame.readUInt16BE(12) === 0x8100 ? 18 : 14;
    const ip = frame.subarray(at);
    expect(ip.readUInt16BE(2)).toBe(ip.length);
    expect(onesSum(ip.subarray(0, 20))).toBe(0xffff);
    const pseudo = Buffer.concat([ip.subarray(12, 20), Buffer.from([0, ip[9], (ip.length - 20) >> 8, (ip.length - 20) & 255])]);
    expect(onesSum(pseudo, ip.subarray(20))).toBe(0xffff);
  });

  it("hellos are read by another project's parser", async () => {
    const wire = new PassThrough();
    wire.write(clientHello("archiv.nordwolke.example", ["h2"], half));
    const hello = await readTlsClientHello(wire);
    expect([0, 16].map((id) => hello.extensions.find((extension) => extension.id === id)?.data)).toEqual([
      { serverName: "archiv.nordwolke.example" },
      { protocols: ["h2"] },
    ]);
  });

  it("DNS answers are read by another project's parser", () => {
    const answer = dnsPacket.decode(dns(7, "a.example", "192.0.2.1", true, "b.example"));
    expect(answer.answers?.map((record) => [record.name, record.type, "data" in record && record.data])).toEqual([
      ["a.example", "CNAME", "b.example"],
      ["b.example", "A", "192.0.2.1"],
    ]);
    expect(dnsPacket.decode(dns(8, "a.example", "2001:db8::1", false)).questions).toEqual([
      { name: "a.example", type: "AAAA", class: "IN" },
    ]);
  });

  it("plays the same day for the same clock, in order of time, and never ends", () => {
    const play = () => {
      const clock = new ManualClock(1_767_261_600_000);
      const source = new DemoSource(clock);
      const times: number[] = [];
      for (let step = 0; step < 400; step += 1) {
        clock.advance(25);
        for (let block = source.next(); block !== "idle"; block = source.next()) {
          if (block === "end") throw new Error("ended");
          times.push(...block.timeMicros.subarray(0, block.count));
        }
      }
      return { times, seen: source.counters().seenPackets };
    };
    const first = play();
    expect(first.seen).toBe(first.times.length);
    expect(first.seen).toBeGreaterThan(3000);
    expect(first.times.every((time, index) => index === 0 || time >= first.times[index - 1])).toBe(true);
    expect(play()).toEqual(first);
  });
});
