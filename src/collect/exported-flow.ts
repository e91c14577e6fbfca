import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { TunnelFacts } from "../model/facts.ts";
import { NO_PORT } from "../model/flow.ts";

/** NaN in a counter, a time or an interface means that the record does not tell. One object serves all records. */
export class ExportedFlow {
  startMicros = Number.NaN;
  endMicros = Number.NaN;
  /** 4 or 6. */
  ipVersion = 4;
  /** As in lib/ip.ts. */
  readonly source = new Int32Array(4);
  readonly destination = new Int32Array(4);
  /** IANA protocol number; UNKNOWN_TRANSPORT where the record has none. */
  transport = 0;
  /** ICMP: by the rule that takes types for ports. */
  sourcePort = NO_PORT;
  destinationPort = NO_PORT;
  bytesUp = Number.NaN;
  packetsUp = Number.NaN;
  bytesDown = Number.NaN;
  packetsDown = Number.NaN;
  tcpFlags = 0;
  /** (type << 8 | code) + 1, or 0. */
  icmp = 0;
  vlanOuter = 0;
  vlanInner = 0;
  /** Two words each as in a flow record: bit 16 of the second says that the address is known. */
  readonly macs = new Int32Array(4);
  /** IE 136; NaN when not told. */
  endReason = Number.NaN;
  templateId = Number.NaN;
  samplingRate = Number.NaN;
  ingress = Number.NaN;
  egress = Number.NaN;
  /** IE 61: 0 ingress, 1 egress. */
  direction = Number.NaN;
  natSourceIp = "";
  natSourcePort = Number.NaN;
  natDestinationIp = "";
  natDestinationPort = Number.NaN;
  /** Outermost first; undefined: none. */
  tunnels: TunnelFacts[] | undefined = undefined;
  /** VLAN ids beyond the two; undefined: none. */
  vlanIds: number[] | undefined = undefined;

  clear(): void {
    this.startMicros = Number.NaN;
    this.endMicros = Number.NaN;
    this.ipVersion = 4;
    this.source.fill(0);
    this.destination.fill(0);
    this.transport = UNKNOWN_TRANSPORT;
    this.sourcePort = NO_PORT;
    this.destinationPort = NO_PORT;
    this.bytesUp = Number.NaN;
    this.packetsUp = Number.NaN;
    this.bytesDown = Number.NaN;
    this.packetsDown = Number.NaN;
    this.tcpFlags = 0;
    this.icmp = 0;
    this.vlanOuter = 0;
    this.vlanInner = 0;
    this.macs.fill(0);
    this.endReason = Number.NaN;
    this.templateId = Number.NaN;
    this.samplingRate = Number.NaN;
    this.ingress = Number.NaN;
    this.egress = Number.NaN;
    this.direction = Number.NaN;
    this.natSourceIp = "";
    this.natSourcePort = Number.NaN;
    this.natDestinationIp = "";
    this.natDestinationPort = Number.NaN;
    this.tunnels = undefined;
    this.vlanIds = undefined;
  }
}

/** 255 is reserved by IANA and carried by nothing. */
export const UNKNOWN_TRANSPORT = 255;

export function readV4(words: Int32Array, view: DataView, at: number): void {
  words[0] = 0;
  words[1] = 0;
  words[2] = V4_MAPPED;
  words[3] = view.getInt32(at);
}

export function readV6(words: Int32Array, view: DataView, at: number): void {
  for (let n = 0; n < 4; n += 1) words[n] = view.getInt32(at + n * 4);
}

const MAC_KNOWN = 1 << 16;

/** Notes the address of the source (0) or the destination (1). */
export function readMac(macs: Int32Array, side: 0 | 1, view: DataView, at: number): void {
  macs[side * 2] = view.getInt32(at);
  macs[side * 2 + 1] = view.getUint16(at + 4) | MAC_KNOWN;
}

export function v4Text(view: DataView, at: number): string {
  return formatAddress(0, 0, V4_MAPPED, view.getInt32(at));
}

export function v6Text(view: DataView, at: number): string {
  return formatAddress(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
}
