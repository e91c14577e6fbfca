import { interfaceCounts, type ReadText, readSystemText } from "./interfaces.ts";

const ROUTE_UP = 1;
const ROUTE_REJECT = 0x200;
const INTERFACE_UP = 1;

/**
 * The interface to watch when none is named: that of the IPv4 default route with the lowest metric, else of the IPv6
 * one, else the first that is up, else the first; never the loopback. Undefined when there is none.
 */
export function defaultInterface(read: ReadText = readSystemText): string | undefined {
  const names = [...interfaceCounts(read).keys()].filter((name) => name !== "lo");
  return best(routesV4(read)) ?? best(routesV6(read)) ?? names.find((name) => isUp(name, read)) ?? names[0];
}

interface Route {
  name: string;
  metric: number;
}

/** /proc/net/route: Iface Destination Gateway Flags RefCnt Use Metric Mask …, numbers in hexadecimal but the metric. */
function routesV4(read: ReadText): Route[] {
  return rows(read("/proc/self/net/route"))
    .slice(1)
    .filter((f) => f[1] === "00000000" && f[7] === "00000000" && isUsable(f[3]))
    .map((f) => ({ name: f[0], metric: Number(f[6]) }));
}

/** /proc/net/ipv6_route: destination, its prefix length, source, its prefix length, next hop, metric, references, use, flags, interface. */
function routesV6(read: ReadText): Route[] {
  return rows(read("/proc/self/net/ipv6_route"))
    .filter((f) => f[0] === "0".repeat(32) && f[1] === "00" && f[9] !== "lo" && isUsable(f[8]))
    .map((f) => ({ name: f[9], metric: Number.parseInt(f[5], 16) }));
}

function rows(text = ""): string[][] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
}

function isUsable(flagsHex: string): boolean {
  const flags = Number.parseInt(flagsHex, 16);
  return (flags & ROUTE_UP) !== 0 && (flags & ROUTE_REJECT) === 0;
}

function isUp(name: string, read: ReadText): boolean {
  return (Number(read(`/sys/class/net/${name}/flags`)?.trim() ?? 0) & INTERFACE_UP) !== 0;
}

function best(routes: Route[]): string | undefined {
  return routes.sort((a, b) => a.metric - b.metric)[0]?.name;
}
