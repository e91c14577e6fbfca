import { icmpAnswer } from "../lib/community-id.ts";
import type { TunnelFacts } from "../model/facts.ts";
import type { DataRecord } from "./data-record.ts";
import { type ExportedFlow, readMac, readV4, readV6, UNKNOWN_TRANSPORT, v4Text, v6Text } from "./exported-flow.ts";
import type { MessageTimes } from "./held-sets.ts";
import { E, placeOfReverse } from "./information-elements.ts";
import { timesOf } from "./record-times.ts";
import { type FrameReader, LINK, takeFrame } from "./sampled-frame.ts";

const ICMP = 1;
const ICMPV6 = 58;
const V4_BYTES = 4;
const V6_BYTES = 16;
const MAC_BYTES = 6;
const SECTIONS = [E.dataLinkFrameSection, E.layer2packetSectionData, E.ipHeaderPacketSection];

/** True when records of such a template can name two ends, or hold a frame that does. */
export function canNameEnds(has: (place: number) => boolean): boolean {
  return (
    (has(E.sourceIPv4Address) && has(E.destinationIPv4Address)) ||
    (has(E.sourceIPv6Address) && has(E.destinationIPv6Address)) ||
    SECTIONS.some(has)
  );
}

/**
 * What a NetFlow v9 or IPFIX data record says of a flow: source and destination are the record's, whoever began. False when
 * it has no two addresses, nor a frame section (IE 104, 313, 315) that has.
 */
export function readFlow(
  record: DataRecord,
  times: Readonly<MessageTimes>,
  flow: ExportedFlow,
  readFrame: FrameReader,
  bytes: Buffer,
): boolean {
  flow.clear();
  if (readAddresses(record, flow)) {
    const transport = record.number(E.protocolIdentifier);
    flow.transport = Number.isNaN(transport) ? UNKNOWN_TRANSPORT : transport & 0xff;
    if (flow.transport === ICMP || flow.transport === ICMPV6) readIcmp(record, flow);
    else readPorts(record, flow);
    flow.tcpFlags = orZero(record.number(E.tcpControlBits)) & 0xff;
  } else if (!readSection(record, flow, readFrame, bytes)) return false;
  readCounters(record, flow);
  readLink(record, flow);
  readTranslation(record, flow);
  flow.ingress = record.either(E.ingressInterface, E.ingressPhysicalInterface);
  flow.egress = record.either(E.egressInterface, E.egressPhysicalInterface);
  flow.direction = record.number(E.flowDirection);
  flow.endReason = record.number(E.flowEndReason);
  timesOf(record, times, flow);
  return true;
}

function readAddresses(record: DataRecord, flow: ExportedFlow): boolean {
  const { view, positions } = record;
  const isV6 = isAddress(record, E.sourceIPv6Address, V6_BYTES) && isAddress(record, E.destinationIPv6Address, V6_BYTES);
  const isV4 = isAddress(record, E.sourceIPv4Address, V4_BYTES) && isAddress(record, E.destinationIPv4Address, V4_BYTES);
  if (!isV4 && !isV6) return false;
  if (isV6 && (!isV4 || isV6Meant(record))) {
    flow.ipVersion = 6;
    readV6(flow.source, view, positions[E.sourceIPv6Address]);
    readV6(flow.destination, view, positions[E.destinationIPv6Address]);
  } else {
    readV4(flow.source, view, positions[E.sourceIPv4Address]);
    readV4(flow.destination, view, positions[E.destinationIPv4Address]);
  }
  if (isV4 && isV6 && record.innerVersion !== undefined) flow.tunnels = [outerOf(record, record.innerVersion)];
  return true;
}

/** A record with addresses of both kinds is of a packet in a packet, or one of the two is filled in: by the version it states, else the one that is not all zero. */
function isV6Meant(record: DataRecord): boolean {
  if (record.innerVersion !== undefined) return record.innerVersion === 6;
  return record.number(E.ipVersion) === 6 || isZero(record.view, record.positions[E.sourceIPv4Address], V4_BYTES);
}

function outerOf({ view, positions }: DataRecord, innerVersion: 4 | 6): TunnelFacts {
  const from = positions[innerVersion === 4 ? E.sourceIPv6Address : E.sourceIPv4Address];
  const to = positions[innerVersion === 4 ? E.destinationIPv6Address : E.destinationIPv4Address];
  const text = innerVersion === 4 ? v6Text : v4Text;
  return { type: "ipip", source: { ip: text(view, from) }, destination: { ip: text(view, to) } };
}

function isAddress(record: DataRecord, place: number, bytes: number): boolean {
  return record.has(place) && record.lengthOf(place) === bytes;
}

function isZero(view: DataView, at: number, bytes: number): boolean {
  for (let n = at; n < at + bytes; n += 1) if (view.getUint8(n) !== 0) return false;
  return true;
}

function readPorts(record: DataRecord, flow: ExportedFlow): void {
  let from = record.number(E.sourceTransportPort);
  let to = record.number(E.destinationTransportPort);
  if (Number.isNaN(from)) from = record.either(E.udpSourcePort, E.tcpSourcePort);
  if (Number.isNaN(to)) to = record.either(E.udpDestinationPort, E.tcpDestinationPort);
  if (Number.isNaN(from) && Number.isNaN(to)) return;
  flow.sourcePort = orZero(from) & 0xffff;
  flow.destinationPort = orZero(to) & 0xffff;
}

/** Type and code: of their own elements, or, as routers have always done it, of the destination port. */
function readIcmp(record: DataRecord, flow: ExportedFlow): void {
  const isV6 = flow.transport === ICMPV6;
  const type = record.number(isV6 ? E.icmpTypeIPv6 : E.icmpTypeIPv4);
  let both = record.number(isV6 ? E.icmpTypeCodeIPv6 : E.icmpTypeCodeIPv4);
  if (!Number.isNaN(type)) both = type * 256 + orZero(record.number(isV6 ? E.icmpCodeIPv6 : E.icmpCodeIPv4));
  if (Number.isNaN(both)) both = record.number(E.destinationTransportPort);
  if (!Number.isNaN(both)) takeIcmp(flow, both & 0xffff);
}

/** `both` is type << 8 | code. Ports by the contract's rule: the type and that of its counterpart, or type and code. */
export function takeIcmp(flow: ExportedFlow, both: number): void {
  const type = both >>> 8;
  flow.icmp = both + 1;
  flow.sourcePort = type;
  flow.destinationPort = icmpAnswer(flow.transport, type) ?? both & 0xff;
}

function readSection(record: DataRecord, flow: ExportedFlow, readFrame: FrameReader, bytes: Buffer): boolean {
  const place = SECTIONS.find((section) => record.has(section));
  if (place === undefined) return false;
  const start = record.positions[place];
  const captured = record.lengthOf(place);
  const size = record.number(E.dataLinkFrameSize);
  const wireBytes = Number.isNaN(size) ? captured : Math.max(size, captured);
  const linkType = place === E.ipHeaderPacketSection ? LINK.rawIp : LINK.ethernet;
  const frame = readFrame(bytes, start, start + captured, wireBytes, linkType);
  if (frame === undefined) return false;
  takeFrame(flow, frame, wireBytes);
  return true;
}

/** Delta, else total; an exporter's own counters of both directions (RFC 8158, Cisco ASA); what left the router; layer 2. */
function readCounters(record: DataRecord, flow: ExportedFlow): void {
  const bytes = firstOf(record, E.octetDeltaCount, E.octetTotalCount, E.initiatorOctets, E.postOctetDeltaCount, E.layer2OctetDeltaCount);
  const packets = firstOf(record, E.packetDeltaCount, E.packetTotalCount, E.initiatorPackets, E.postPacketDeltaCount);
  if (!Number.isNaN(bytes)) flow.bytesUp = bytes;
  if (!Number.isNaN(packets)) flow.packetsUp = packets;
  flow.bytesDown = firstOf(record, placeOfReverse(E.octetDeltaCount), placeOfReverse(E.octetTotalCount), E.responderOctets);
  flow.packetsDown = firstOf(record, placeOfReverse(E.packetDeltaCount), placeOfReverse(E.packetTotalCount), E.responderPackets);
}

function firstOf(record: DataRecord, ...places: number[]): number {
  for (const place of places) if (record.has(place)) return record.number(place);
  return Number.NaN;
}

function readLink(record: DataRecord, flow: ExportedFlow): void {
  const { view, positions } = record;
  const { macs } = flow;
  const vlan = firstOf(record, E.dot1qVlanId, E.vlanId, E.postVlanId);
  if (vlan > 0) flow.vlanOuter = vlan & 0xfff;
  const inner = record.number(E.dot1qCustomerVlanId);
  if (inner > 0 && flow.vlanOuter > 0 && inner !== vlan) flow.vlanInner = inner & 0xfff;
  if (isAddress(record, E.sourceMacAddress, MAC_BYTES)) noteMac(macs, 0, view, positions[E.sourceMacAddress]);
  const to = record.has(E.destinationMacAddress) ? E.destinationMacAddress : E.postDestinationMacAddress;
  if (isAddress(record, to, MAC_BYTES)) noteMac(macs, 1, view, positions[to]);
}

/** All zero is how exporters say that there is none. */
function noteMac(macs: Int32Array, side: 0 | 1, view: DataView, at: number): void {
  if (!isZero(view, at, MAC_BYTES)) readMac(macs, side, view, at);
}

function readTranslation(record: DataRecord, flow: ExportedFlow): void {
  flow.natSourceIp = translated(record, E.postNATSourceIPv4Address, E.postNATSourceIPv6Address);
  flow.natDestinationIp = translated(record, E.postNATDestinationIPv4Address, E.postNATDestinationIPv6Address);
  flow.natSourcePort = record.number(E.postNAPTSourceTransportPort);
  flow.natDestinationPort = record.number(E.postNAPTDestinationTransportPort);
}

function translated(record: DataRecord, v4: number, v6: number): string {
  const { view, positions } = record;
  if (isAddress(record, v4, V4_BYTES) && !isZero(view, positions[v4], V4_BYTES)) return v4Text(view, positions[v4]);
  if (isAddress(record, v6, V6_BYTES) && !isZero(view, positions[v6], V6_BYTES)) return v6Text(view, positions[v6]);
  return "";
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
