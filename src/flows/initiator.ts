import { V4_MAPPED } from "../lib/ip.ts";
import { FLAG } from "../model/row.ts";
import { BY } from "./layout.ts";

const { syn: SYN, ack: ACK } = FLAG;
const { sctpInit: INIT, sctpInitAck: INIT_ACK, icmp: ICMP, icmpReply: ICMP_REPLY } = FLAG;
const WELL_KNOWN = 1024;

/** Ports that services listen on, by transport. */
export interface ServicePorts {
  readonly tcp: Iterable<number>;
  readonly udp: Iterable<number>;
}

/** What the handshake says of who began: 1 the sender, -1 the receiver, 0 nothing. */
export function handshakeSays(flags: number): number {
  if ((flags & SYN) !== 0) return (flags & ACK) === 0 ? 1 : -1;
  if ((flags & (INIT | INIT_ACK)) !== 0) return (flags & INIT) !== 0 ? 1 : -1;
  return 0;
}

/** Decides from a flow's first packet who its initiator is. */
export class InitiatorRules {
  private readonly tcp: Uint8Array;
  private readonly udp: Uint8Array;

  constructor(services: ServicePorts) {
    this.tcp = portSet(services.tcp);
    this.udp = portSet(services.udp);
  }

  /**
   * Index into INITIATOR_BY, plus 4 when the receiver is the initiator. Without a handshake it is the sender, unless
   * only the sender's port is a service port. A group address never sends, so it never is the initiator.
   */
  first(flags: number, transport: number, fromPort: number, toPort: number, isToGroup: boolean): number {
    const said = handshakeSays(flags);
    if (said !== 0) return said > 0 ? BY.syn : BY.syn + 4;
    if ((flags & ICMP) !== 0) return (flags & ICMP_REPLY) !== 0 && !isToGroup ? BY.dissector + 4 : BY.firstPacket;
    const ports = transport === 6 ? this.tcp : transport === 17 ? this.udp : undefined;
    if (isToGroup || !isService(ports, fromPort, toPort) || isService(ports, toPort, fromPort)) return BY.firstPacket;
    return BY.servicePort + 4;
  }
}

function isService(ports: Uint8Array | undefined, port: number, other: number): boolean {
  return (port < WELL_KNOWN && other >= WELL_KNOWN) || ports?.[port] === 1;
}

function portSet(ports: Iterable<number>): Uint8Array {
  const set = new Uint8Array(65536);
  for (const port of ports) set[port] = 1;
  return set;
}

/** Multicast of either family, or the limited broadcast address. */
export function isGroup(w0: number, w1: number, w2: number, w3: number): boolean {
  if (w0 === 0 && w1 === 0 && w2 === V4_MAPPED) return w3 >>> 28 === 14 || w3 === -1;
  return w0 >>> 24 === 0xff;
}
