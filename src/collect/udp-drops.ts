import { readFileSync } from "node:fs";
import { type AddressWords, isV4 } from "../lib/ip.ts";

/** Columns of /proc/net/udp and udp6 (Linux, Documentation/networking/proc_net_tcp.rst): the address and port, and last the drops. */
const LOCAL = 1;

/**
 * Datagrams that the kernel dropped for want of room in the receive buffer of the socket bound to this address and port;
 * undefined where nobody can know (not Linux, or no such socket).
 */
export function udpDrops(address: Readonly<AddressWords>, port: number, read: (path: string) => string = readText): number | undefined {
  const isIpv4 = isV4(address[0], address[1], address[2]);
  const words = isIpv4 ? [address[3]] : address;
  const wanted = `${words.map(swappedHex).join("")}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  let lines: string[];
  try {
    lines = read(isIpv4 ? "/proc/net/udp" : "/proc/net/udp6").split("\n");
  } catch {
    return undefined;
  }
  for (const line of lines) {
    const columns = line.trim().split(/\s+/);
    if (columns[LOCAL] === wanted) return Number(columns.at(-1));
  }
  return undefined;
}

/** The kernel prints each word as the machine keeps it: little-endian on every machine that this runs on. */
function swappedHex(word: number): string {
  const swapped = ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  return (swapped >>> 0).toString(16).toUpperCase().padStart(8, "0");
}

function readText(path: string): string {
  return readFileSync(path, "latin1");
}
