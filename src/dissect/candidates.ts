import type { Dissector } from "./dissector.ts";

const PORTS = 65536;

/** Who may be asked about a first payload: one look-up by its first byte, one by its ports. Bits are indexes into `list`. */
export class Candidates {
  readonly list: readonly Dissector[];
  private readonly byFirstByte = new Int32Array(256);
  private readonly byPort = new Int32Array(PORTS);
  private readonly onlyOnPorts: number = 0;

  constructor(dissectors: readonly Dissector[], transport: "tcp" | "udp" | "sctp") {
    const asStream = transport === "sctp" ? "tcp" : transport;
    this.list = dissectors.filter((d) => d.transport === transport || d.transport === asStream || d.transport === "both");
    if (this.list.length > 31) throw new Error("more than 31 dissectors for one transport: widen the bit sets");
    for (const [index, dissector] of this.list.entries()) {
      for (const byte of dissector.firstBytes?.[transport] ?? dissector.firstBytes?.[asStream] ?? Array.from({ length: 256 }, (_, n) => n))
        this.byFirstByte[byte] |= 1 << index;
      if (dissector.isOnlyOnPorts) this.onlyOnPorts |= 1 << index;
      for (const port of dissector.ports) this.byPort[port] |= 1 << index;
    }
  }

  opening(firstByte: number, portA: number, portB: number): number {
    return this.byFirstByte[firstByte] & (~this.onlyOnPorts | this.byPort[portA] | this.byPort[portB]);
  }

  /** Of `candidates`, the one to ask first: one whose port it is, else the first in the registry. */
  first(candidates: number, portA: number, portB: number): number {
    const hinted = candidates & (this.byPort[portA] | this.byPort[portB]);
    const among = hinted !== 0 ? hinted : candidates;
    return 31 - Math.clz32(among & -among);
  }
}
