import type { ExportMessage } from "./export-message.ts";
import { type ExportedFlow, readV4, readV6, v4Text, v6Text } from "./exported-flow.ts";
import { takeIcmp } from "./flow-of-record.ts";
import type { CollectContext } from "./protocol.ts";
import { LINK, takeFrame } from "./sampled-frame.ts";

/** Formats of flow records, of the enterprise 0 (sFlow version 5, "Flow Data Types"). */
const RAW_HEADER = 1;
const SAMPLED_IPV4 = 3;
const SAMPLED_IPV6 = 4;
const EXTENDED_SWITCH = 1001;
const EXTENDED_NAT = 1007;
const EXTENDED_NAT_PORT = 1020;
const V4 = 1;
const V6 = 2;
const ICMP = 1;
const TCP = 6;
const ICMPV6 = 58;
const LAST_VLAN = 4094;

/** header_protocol of a raw header to link types. */
const LINK_OF: ReadonlyMap<number, number> = new Map([
  [1, LINK.ethernet],
  [7, LINK.ppp],
  [11, LINK.rawIp],
  [12, LINK.rawIp],
]);

/**
 * The records of one flow sample, from `start` on. A sampled header that can be decoded outweighs the fields that a switch
 * made of it. `nothing`: there is no IP in it.
 */
export function readFlowRecords(
  message: ExportMessage,
  start: number,
  end: number,
  context: CollectContext,
): "flow" | "nothing" | "malformed" {
  const { view } = message;
  const { flow } = context;
  let from: "nothing" | "fields" | "frame" = "nothing";
  let at = start;
  while (at + 8 <= end) {
    const format = view.getUint32(at);
    const bodyEnd = at + 8 + view.getUint32(at + 4);
    if (bodyEnd > end) return "malformed";
    const body = at + 8;
    const length = bodyEnd - body;
    if (format === RAW_HEADER && length >= 16) {
      if (from !== "frame" && readHeader(message, body, bodyEnd, context)) from = "frame";
    } else if (format === SAMPLED_IPV4 && length >= 32 && from === "nothing") from = readSampled(view, body, 4, flow);
    else if (format === SAMPLED_IPV6 && length >= 56 && from === "nothing") from = readSampled(view, body, 6, flow);
    else readExtended(view, format, body, bodyEnd, flow);
    at = bodyEnd;
  }
  return from === "nothing" ? "nothing" : "flow";
}

function readHeader({ bytes, view }: ExportMessage, at: number, end: number, context: CollectContext): boolean {
  const linkType = LINK_OF.get(view.getUint32(at));
  const frameBytes = view.getUint32(at + 4);
  const stripped = view.getUint32(at + 8);
  const headerBytes = view.getUint32(at + 12);
  if (linkType === undefined || headerBytes > end - at - 16) return false;
  const wireBytes = Math.max(headerBytes, frameBytes - Math.min(stripped, frameBytes));
  const frame = context.readFrame(bytes, at + 16, at + 16 + headerBytes, wireBytes, linkType);
  if (frame === undefined) return false;
  takeFrame(context.flow, frame, frameBytes);
  return true;
}

/** sampled_ipv4 and sampled_ipv6: length of the IP packet, protocol, addresses, ports, TCP flags. */
function readSampled(view: DataView, at: number, version: 4 | 6, flow: ExportedFlow): "fields" {
  const addressBytes = version === 4 ? 4 : 16;
  const read = version === 4 ? readV4 : readV6;
  flow.ipVersion = version;
  flow.packetsUp = 1;
  flow.bytesUp = view.getUint32(at);
  flow.transport = view.getUint32(at + 4) & 0xff;
  read(flow.source, view, at + 8);
  read(flow.destination, view, at + 8 + addressBytes);
  const ports = at + 8 + addressBytes * 2;
  const from = view.getUint32(ports) & 0xffff;
  const to = view.getUint32(ports + 4) & 0xffff;
  if (flow.transport === ICMP || flow.transport === ICMPV6) takeIcmp(flow, ((from & 0xff) << 8) | (to & 0xff));
  else {
    flow.sourcePort = from;
    flow.destinationPort = to;
  }
  flow.tcpFlags = flow.transport === TCP ? view.getUint32(ports + 8) & 0xff : 0;
  return "fields";
}

function readExtended(view: DataView, format: number, at: number, end: number, flow: ExportedFlow): void {
  if (format === EXTENDED_SWITCH && end - at >= 4) {
    const vlan = view.getUint32(at);
    if (vlan > 0 && vlan <= LAST_VLAN && flow.vlanOuter === 0) flow.vlanOuter = vlan;
  } else if (format === EXTENDED_NAT) {
    const next = readAddress(view, at, end);
    if (next === undefined) return;
    flow.natSourceIp = next.text;
    flow.natDestinationIp = readAddress(view, next.end, end)?.text ?? "";
  } else if (format === EXTENDED_NAT_PORT && end - at >= 8) {
    flow.natSourcePort = view.getUint32(at) & 0xffff;
    flow.natDestinationPort = view.getUint32(at + 4) & 0xffff;
  }
}

function readAddress(view: DataView, at: number, end: number): { text: string; end: number } | undefined {
  const kind = at + 4 <= end ? view.getUint32(at) : 0;
  if (kind === V4 && at + 8 <= end) return { text: v4Text(view, at + 4), end: at + 8 };
  if (kind === V6 && at + 20 <= end) return { text: v6Text(view, at + 4), end: at + 20 };
  return undefined;
}
