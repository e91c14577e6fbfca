/**
 * The information elements that a flow is made of, by their numbers in the IANA registry "IP Flow Information Export
 * (IPFIX) Entities" (https://www.iana.org/assignments/ipfix). NetFlow v9 field types (RFC 3954 §8) below 128 have the same
 * numbers. Others are passed over by their length.
 */
const ELEMENTS = {
  octetDeltaCount: 1,
  packetDeltaCount: 2,
  protocolIdentifier: 4,
  tcpControlBits: 6,
  sourceTransportPort: 7,
  sourceIPv4Address: 8,
  ingressInterface: 10,
  destinationTransportPort: 11,
  destinationIPv4Address: 12,
  egressInterface: 14,
  flowEndSysUpTime: 21,
  flowStartSysUpTime: 22,
  postOctetDeltaCount: 23,
  postPacketDeltaCount: 24,
  sourceIPv6Address: 27,
  destinationIPv6Address: 28,
  icmpTypeCodeIPv4: 32,
  samplingInterval: 34,
  flowSamplerId: 48,
  samplerRandomInterval: 50,
  sourceMacAddress: 56,
  postDestinationMacAddress: 57,
  vlanId: 58,
  postVlanId: 59,
  ipVersion: 60,
  flowDirection: 61,
  destinationMacAddress: 80,
  octetTotalCount: 85,
  packetTotalCount: 86,
  layer2packetSectionData: 104,
  flowEndReason: 136,
  icmpTypeCodeIPv6: 139,
  flowStartSeconds: 150,
  flowEndSeconds: 151,
  flowStartMilliseconds: 152,
  flowEndMilliseconds: 153,
  flowStartMicroseconds: 154,
  flowEndMicroseconds: 155,
  flowStartNanoseconds: 156,
  flowEndNanoseconds: 157,
  flowStartDeltaMicroseconds: 158,
  flowEndDeltaMicroseconds: 159,
  systemInitTimeMilliseconds: 160,
  flowDurationMilliseconds: 161,
  flowDurationMicroseconds: 162,
  icmpTypeIPv4: 176,
  icmpCodeIPv4: 177,
  icmpTypeIPv6: 178,
  icmpCodeIPv6: 179,
  udpSourcePort: 180,
  udpDestinationPort: 181,
  tcpSourcePort: 182,
  tcpDestinationPort: 183,
  postNATSourceIPv4Address: 225,
  postNATDestinationIPv4Address: 226,
  postNAPTSourceTransportPort: 227,
  postNAPTDestinationTransportPort: 228,
  initiatorOctets: 231,
  responderOctets: 232,
  dot1qVlanId: 243,
  dot1qCustomerVlanId: 245,
  ingressPhysicalInterface: 252,
  egressPhysicalInterface: 253,
  postNATSourceIPv6Address: 281,
  postNATDestinationIPv6Address: 282,
  initiatorPackets: 298,
  responderPackets: 299,
  selectorId: 302,
  samplingPacketInterval: 305,
  samplingPacketSpace: 306,
  samplingSize: 309,
  samplingPopulation: 310,
  samplingProbability: 311,
  dataLinkFrameSize: 312,
  ipHeaderPacketSection: 313,
  dataLinkFrameSection: 315,
  observationTimeSeconds: 322,
  observationTimeMilliseconds: 323,
  observationTimeMicroseconds: 324,
  observationTimeNanoseconds: 325,
  layer2OctetDeltaCount: 352,
  dataLinkFrameType: 408,
} as const;

type ElementName = keyof typeof ELEMENTS;

const NAMES = Object.keys(ELEMENTS) as ElementName[];

/** Places a record has for elements; those of the reverse direction (RFC 5103) come after the others, in the same order. */
export const ELEMENT_COUNT = NAMES.length;
export const PLACES = ELEMENT_COUNT * 2;

/** Place of an element in a record, by name. */
export const E = Object.fromEntries(NAMES.map((name, place) => [name, place])) as Readonly<Record<ElementName, number>>;

/** Elements that packet headers from the network layer on give. */
export const HEADER_PLACES: ReadonlySet<number> = new Set([
  E.protocolIdentifier,
  E.tcpControlBits,
  E.sourceTransportPort,
  E.destinationTransportPort,
  E.sourceIPv4Address,
  E.destinationIPv4Address,
  E.sourceIPv6Address,
  E.destinationIPv6Address,
  E.ipVersion,
  E.icmpTypeCodeIPv4,
  E.icmpTypeCodeIPv6,
  E.icmpTypeIPv4,
  E.icmpCodeIPv4,
  E.icmpTypeIPv6,
  E.icmpCodeIPv6,
]);

const LARGEST = Math.max(...Object.values(ELEMENTS));
const PLACE_OF = new Int16Array(LARGEST + 1).fill(-1);
for (const [place, name] of NAMES.entries()) PLACE_OF[ELEMENTS[name]] = place;

/** RFC 5103 §6.1: elements of this enterprise are those of IANA, of the reverse direction. */
const REVERSE_ENTERPRISE = 29305;

/** Field types that Cisco ASA used for translations before there were registered ones (ASA NetFlow guide, 8.1 to 8.4). */
const ASA: ReadonlyMap<number, number> = new Map([
  [40001, E.postNATSourceIPv4Address],
  [40002, E.postNATDestinationIPv4Address],
  [40003, E.postNAPTSourceTransportPort],
  [40004, E.postNAPTDestinationTransportPort],
]);

export function placeOfReverse(place: number): number {
  return place + ELEMENT_COUNT;
}

/** Where an IPFIX element goes in a record; -1: it is passed over. `enterprise` is 0 for IANA's own. */
export function placeOf(element: number, enterprise: number): number {
  if (enterprise !== 0 && enterprise !== REVERSE_ENTERPRISE) return -1;
  const place = element <= LARGEST ? PLACE_OF[element] : -1;
  return place < 0 || enterprise === 0 ? place : placeOfReverse(place);
}

/** Where a NetFlow v9 field goes; types above 32767 are a vendor's own. */
export function placeOfV9(type: number): number {
  return type <= LARGEST ? PLACE_OF[type] : (ASA.get(type) ?? -1);
}
