import { NO_PORT } from "../model/flow.ts";
import type { PacketBlock } from "../model/packet.ts";
import { type DecodedBatch, FLAG, ROW, SHAPE_SHIFT, SPACE } from "../model/row.ts";
import { type ExportedFlow, readMac } from "./exported-flow.ts";

/** A frame as the sensor's own decoder reads it: one row, and the block that its positions point into. */
export interface DecodedFrame {
  batch: DecodedBatch;
  block: PacketBlock;
}

/**
 * Decodes the frame bytes[start, end), which had `wireBytes` on the wire. Undefined when it has no IP or is malformed (which
 * it counts). Given by the assembly, so that a sampled header is read just as a packet at the tap is.
 */
export type FrameReader = (bytes: Buffer, start: number, end: number, wireBytes: number, linkType: number) => DecodedFrame | undefined;

/** LINKTYPE_* of https://www.tcpdump.org/linktypes.html. */
export const LINK = { ethernet: 1, ppp: 9, rawIp: 101 } as const;

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
/** Both VLAN ids in a row's tags. */
const VLANS = 0xffffff;

/** Takes ends, ports, VLANs and flags from a decoded frame; the counters are those of one packet of `wireBytes`. */
export function takeFrame(flow: ExportedFlow, { batch, block }: DecodedFrame, wireBytes: number): void {
  const { rows, addresses } = batch;
  const space = rows[ROW.space];
  const flags = rows[ROW.flags];
  const tags = rows[ROW.tags];
  const transport = tags >>> 24;
  if ((space & SPACE.ipv6) !== 0) {
    flow.ipVersion = 6;
    for (let n = 0; n < 4; n += 1) {
      flow.source[n] = addresses[n];
      flow.destination[n] = addresses[4 + n];
    }
  } else {
    flow.ipVersion = 4;
    flow.source.set([0, 0, 0xffff, rows[ROW.source]]);
    flow.destination.set([0, 0, 0xffff, rows[ROW.destination]]);
  }
  const hasPorts = (space & SPACE.portless) === 0;
  flow.transport = transport;
  flow.sourcePort = hasPorts ? rows[ROW.ports] >>> 16 : NO_PORT;
  flow.destinationPort = hasPorts ? rows[ROW.ports] & 0xffff : NO_PORT;
  flow.tcpFlags = transport === TCP ? flags & 0xff : 0;
  flow.icmp = hasPorts && (transport === ICMP || transport === ICMPV6) ? (rows[ROW.sequence] & 0xffff) + 1 : 0;
  // A frame without a tag leaves what the switch said of it.
  if ((tags & VLANS) !== 0) {
    flow.vlanOuter = (tags >>> 12) & 0xfff;
    flow.vlanInner = tags & 0xfff;
  }
  if ((flags & FLAG.mac) !== 0) {
    readMac(flow.macs, 0, block.view, rows[ROW.mac] + 6);
    if ((flags & FLAG.macSourceOnly) === 0) readMac(flow.macs, 1, block.view, rows[ROW.mac]);
  }
  if (space >>> SHAPE_SHIFT !== 0) {
    const { encapsulations } = batch;
    const tunnels = encapsulations.tunnelsOf(batch.paths[0]);
    const vlanIds = encapsulations.vlanIdsOf(batch.paths[0]);
    if (tunnels.length > 0) flow.tunnels = tunnels;
    if (vlanIds.length > 0) flow.vlanIds = vlanIds;
  }
  flow.packetsUp = 1;
  flow.bytesUp = wireBytes;
}
