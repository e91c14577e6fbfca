import { type FlowView, NO_PORT } from "../model/flow.ts";

export const ICMP = 1;
export const ICMP6 = 58;

/** IANA protocol numbers (https://www.iana.org/assignments/protocol-numbers) to keywords in lower case. */
const KEYWORDS = new Map<number, string>([
  [0, "hopopt"],
  [1, "icmp"],
  [2, "igmp"],
  [3, "ggp"],
  [4, "ipv4"],
  [6, "tcp"],
  [8, "egp"],
  [9, "igp"],
  [17, "udp"],
  [27, "rdp"],
  [33, "dccp"],
  [41, "ipv6"],
  [46, "rsvp"],
  [47, "gre"],
  [50, "esp"],
  [51, "ah"],
  [58, "ipv6-icmp"],
  [59, "ipv6-nonxt"],
  [88, "eigrp"],
  [89, "ospf"],
  [94, "ipip"],
  [97, "etherip"],
  [98, "encap"],
  [103, "pim"],
  [108, "ipcomp"],
  [112, "vrrp"],
  [113, "pgm"],
  [115, "l2tp"],
  [132, "sctp"],
  [133, "fc"],
  [135, "mobility"],
  [136, "udplite"],
  [137, "mpls-in-ip"],
  [139, "hip"],
  [140, "shim6"],
]);

/** The keyword of a transport, or its number as text when it has none. */
export function transportName(protocol: number): string {
  return KEYWORDS.get(protocol) ?? String(protocol);
}

/** Transports that are a protocol of their own, as `network.protocol` has it. */
const PROTOCOLS = new Map<number, string>([
  [ICMP, "icmp"],
  [50, "ipsec"],
  [51, "ipsec"],
  [ICMP6, "icmp"],
  [89, "ospf"],
  [112, "vrrp"],
]);

/** The word of a transport that says by itself what is spoken; undefined where that is for the payload to tell. */
export function transportProtocol(transport: number): string | undefined {
  return PROTOCOLS.get(transport);
}

/** TCP, UDP, DCCP, SCTP, UDP-Lite, and ICMP by the rule that takes types and codes for ports. */
const WITH_PORTS = new Set([ICMP, 6, 17, 33, ICMP6, 132, 136]);

/** The flow's ports mean something: its transport has them, and they were seen. */
export function hasPorts(flow: FlowView): boolean {
  return WITH_PORTS.has(flow.transport) && flow.initiatorPort !== NO_PORT;
}
