import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { createFrameReader } from "../../../src/app/frame-reader.ts";
import { createCollector, LiveCollector } from "../../../src/collect/index.ts";
import { PrefixList } from "../../../src/collect/prefix-list.ts";
import { udpDrops } from "../../../src/collect/udp-drops.ts";
import { endpointOf } from "../../../src/collect/udp-listener.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { v5, v5Record } from "./messages.ts";

const PORT = 40_000 + (process.pid % 20_000);
const open: LiveCollector[] = [];

function collector(exporters: string[], port = PORT): { live: LiveCollector; records: () => number } {
  const losses = new Losses();
  let records = 0;
  const made = createCollector({
    losses,
    readFrame: createFrameReader(),
    thread: 1,
    random: (words) => words.fill(7),
    onBatch(batch) {
      records += batch.count;
    },
  });
  const live = new LiveCollector({
    listen: [`127.0.0.1:${port}`],
    exporters,
    bufferBytes: 100_000,
    collector: made,
    losses,
    clock: systemClock,
    epoch: "test",
    thread: 1,
  });
  open.push(live);
  return { live, records: () => records };
}

async function send(...messages: Buffer[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const bytes of messages) await new Promise<void>((done) => socket.send(bytes, PORT, "127.0.0.1", () => done()));
  socket.close();
}

afterEach(async () => {
  for (const live of open.splice(0)) await live.close();
});

describe("live collector", () => {
  it("reads what comes, counts what is none, and every datagram is accounted for", async () => {
    const { live, records } = collector([]);
    await live.open();
    await send(v5([v5Record()]), Buffer.from("hello"));
    await expect.poll(() => live.status().capture.seenPackets).toBe(2);
    await expect.poll(records).toBe(1);
    expect(live.status()).toMatchObject({
      thread: 1,
      decodedPackets: 1,
      malformedPackets: 1,
      capture: { filteredPackets: 0, kernelDrops: 0 },
      losses: { export_malformed: 1 },
      flows: { opened: 1, byTransport: { tcp: 1 } },
      collect: { packets: 1, records: 1, exporters: [{ observer: "127.0.0.1", kind: "netflow5" }] },
    });
  });

  it("leaves alone whoever is not on the list", async () => {
    const { live, records } = collector(["10.0.0.0/8", "::1/128"]);
    await live.open();
    await send(v5([v5Record()]));
    await expect.poll(() => live.status().capture.filteredPackets).toBe(1);
    expect(live.status()).toMatchObject({ decodedPackets: 0, malformedPackets: 0, losses: { export_refused: 1 }, collect: { refused: 1 } });
    expect(records()).toBe(0);
  });

  it("says where it cannot listen, and what to do", async () => {
    const first = collector([]);
    await first.live.open();
    await expect(collector([]).live.open()).rejects.toMatchObject({
      code: "collect_socket",
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${PORT}.*collect\\.listen`)),
    });
  });
});

describe("endpoints, lists and drops", () => {
  it("reads addresses and ports", () => {
    expect(endpointOf("127.0.0.1:2055")).toMatchObject({ address: "127.0.0.1", port: 2055 });
    expect(endpointOf("[::1]:6343")).toMatchObject({ address: "::1", port: 6343, words: [0, 0, 0, 1] });
  });

  it.each([
    ["10.1.2.3", true],
    ["11.0.0.1", false],
    ["2001:db8::5", true],
    ["2001:db9::5", false],
    ["nobody", false],
  ])("%s is on the list: %s", (address, expected) => {
    expect(new PrefixList(["10.0.0.0/8", "2001:db8::/32"]).has(address)).toBe(expected);
  });

  it("finds the socket's drops as the kernel lists them", () => {
    const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";
    const line = (local: string, drops: number) =>
      `  1: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2 0000000000000000 ${drops}\n`;
    const files: Record<string, string> = {
      "/proc/net/udp": head + line("0100007F:0807", 3) + line("0500140A:0807", 9),
      "/proc/net/udp6": head + line("00000000000000000000000001000000:18C7", 4),
    };
    const read = (path: string) => files[path];
    expect(udpDrops([0, 0, 0xffff, 0x0a140005], 2055, read)).toBe(9);
    expect(udpDrops([0, 0, 0, 1], 6343, read)).toBe(4);
    expect(udpDrops([0, 0, 0, 1], 2055, read)).toBeUndefined();
    expect(
      udpDrops([0, 0, 0, 1], 2055, () => {
        throw new Error("no such file");
      }),
    ).toBeUndefined();
  });
});
