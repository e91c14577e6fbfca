import { readFileSync } from "node:fs";

/** Reads a file of /proc or /sys; undefined when it is not there. Injected by tests. */
export type ReadText = (path: string) => string | undefined;

export const readSystemText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

export interface InterfaceCounts {
  receivedPackets: number;
  sentPackets: number;
}

/** The interfaces of this process's network namespace and what they counted (proc(5), /proc/net/dev), in the kernel's order. */
export function interfaceCounts(read: ReadText = readSystemText): Map<string, InterfaceCounts> {
  const out = new Map<string, InterfaceCounts>();
  for (const line of (read("/proc/self/net/dev") ?? "").split("\n").slice(2)) {
    const colon = line.lastIndexOf(":");
    if (colon < 0) continue;
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    out.set(line.slice(0, colon).trim(), { receivedPackets: numbers[1], sentPackets: numbers[9] });
  }
  return out;
}
