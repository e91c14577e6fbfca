import { describe, expect, it } from "vitest";
import { createSource, defaultSourceName, SOURCES } from "../../../src/capture/index.ts";
import { defaultInterface } from "../../../src/capture/linux/default-interface.ts";
import { interfaceCounts } from "../../../src/capture/linux/interfaces.ts";
import { Losses } from "../../../src/obs/losses.ts";

const DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  107000    1302    0    0    0     0          0         0   107000    1302    0    0    0     0       0          0
  tap0: 9000 11 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  eth0:123 45 0 0 0 0 0 0 678 90 0 0 0 0 0 0
`;
const ROUTE_HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const v4 = (name: string, destination: string, flags: string, metric: number, mask: string) =>
  `${name}\t${destination}\t0102000A\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0\n`;
const v6 = (destination: string, length: string, metric: string, flags: string, name: string) =>
  `${destination} ${length} ${"0".repeat(32)} 00 fe80000000000000000000000000000a ${metric} 00000001 00000000 ${flags} ${name}\n`;
const ANY6 = "0".repeat(32);

describe("the default interface", () => {
  it.each([
    {
      name: "that of the default route",
      files: { route: v4("eth0", "0000A8C0", "0001", 0, "00FFFFFF") + v4("tap0", "00000000", "0003", 100, "00000000") },
      is: "tap0",
    },
    {
      name: "the lowest metric of several",
      files: { route: v4("tap0", "00000000", "0003", 600, "00000000") + v4("eth0", "00000000", "0003", 100, "00000000") },
      is: "eth0",
    },
    { name: "half a default route is none", files: { route: v4("tap0", "00000000", "0003", 0, "00000080") }, is: "eth0", up: "eth0" },
    {
      name: "a rejecting route is none",
      files: { route: v4("tap0", "00000000", "0203", 0, "00000000"), ipv6_route: v6(ANY6, "00", "ffffffff", "00200200", "lo") },
      is: "eth0",
      up: "eth0",
    },
    {
      name: "else that of IPv6",
      files: {
        route: "",
        ipv6_route: v6(`fe80${"0".repeat(28)}`, "40", "00000100", "00000001", "tap0") + v6(ANY6, "00", "00000400", "00000003", "eth0"),
      },
      is: "eth0",
    },
    { name: "else the first that is up", files: {}, is: "eth0", up: "eth0" },
    { name: "else the first", files: {}, is: "tap0" },
    { name: "none but the loopback", files: { dev: DEV.split("\n").slice(0, 3).join("\n") }, is: undefined },
  ])("$name", ({ files, is, up }: { files: Record<string, string>; is: string | undefined; up?: string }) => {
    const read = (path: string) => {
      if (path === "/proc/self/net/dev") return files.dev ?? DEV;
      if (path === "/proc/self/net/route") return files.route === undefined ? undefined : ROUTE_HEAD + files.route;
      if (path === "/proc/self/net/ipv6_route") return files.ipv6_route;
      return path === `/sys/class/net/${up}/flags` ? "0x1003\n" : "0x1002\n";
    };
    expect(defaultInterface(read)).toBe(is);
  });

  it("interfaces are counted, however close the numbers stand", () => {
    expect([...interfaceCounts(() => DEV)]).toEqual([
      ["lo", { receivedPackets: 1302, sentPackets: 1302 }],
      ["tap0", { receivedPackets: 11, sentPackets: 0 }],
      ["eth0", { receivedPackets: 45, sentPackets: 90 }],
    ]);
  });
});

describe("the registry", () => {
  const losses = new Losses();

  it("knows its sources", () => {
    expect(Object.keys(SOURCES)).toEqual(["af-packet", "cap", "pcap-file"]);
    expect([defaultSourceName("linux"), defaultSourceName("darwin"), defaultSourceName("win32")]).toEqual(["af-packet", "cap", "cap"]);
  });

  it("chooses by what is given", () => {
    expect(createSource({ source: "auto", files: ["a.pcap"], losses }).title).toBe("a.pcap");
    expect(createSource({ source: "auto", losses }).title).toBe(defaultSourceName(process.platform));
  });

  it.each([
    { source: "cap" as const, files: ["a.pcap"] },
    { source: "pcap-file" as const, files: [] },
  ])("refuses $source with files $files", (options) => {
    expect(() => createSource({ ...options, losses })).toThrow(expect.objectContaining({ code: "usage", exitCode: 2 }));
  });
});
