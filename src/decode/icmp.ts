import { FLAG, SPACE } from "../model/row.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

export const ICMP = 1;
export const ICMPV6 = 58;
const HEADER_BYTES = 8;
const NONE = -1;
const IS_REPLY = 0x100;
const SHORT = malformed("transport_short");

/** Request types and the type that answers each: the pairs of Community ID v1. */
const PAIRS_V4 = [
  [8, 0], // echo, RFC 792
  [13, 14], // timestamp
  [15, 16], // information
  [10, 9], // router solicitation, RFC 1256
  [17, 18], // address mask, RFC 950
] as const;
const PAIRS_V6 = [
  [128, 129], // echo, RFC 4443
  [133, 134], // router solicitation, RFC 4861
  [135, 136], // neighbour solicitation
  [130, 131], // multicast listener, RFC 2710
  [139, 140], // node information, RFC 4620
  [144, 145], // home agent discovery, RFC 6275
] as const;

function pairTable(pairs: readonly (readonly [number, number])[]): Int16Array {
  const table = new Int16Array(256).fill(NONE);
  for (const [request, reply] of pairs) {
    table[request] = reply;
    table[reply] = request | IS_REPLY;
  }
  return table;
}

const V4 = pairTable(PAIRS_V4);
const V6 = pairTable(PAIRS_V6);

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443) as if they had ports: of a request its type and that of the reply, of a reply
 * the same in reverse, so that both are one flow; of other messages type and code, one way.
 */
export function icmp(frame: Frame, transport: number, at: number): number {
  if (frame.end - at < 2) return SHORT;
  const type = frame.view.getUint8(at);
  const code = frame.view.getUint8(at + 1);
  const partner = (transport === ICMP ? V4 : V6)[type];
  let flags: number = FLAG.icmp;
  if (partner === NONE) frame.space |= SPACE.oneWay;
  else if (partner & IS_REPLY) flags |= FLAG.icmpReply;
  const second = partner === NONE ? code : partner & 0xff;
  const payloadAt = at + HEADER_BYTES;
  return frame.finish(transport, (type << 16) | second, (type << 8) | code, flags, Math.min(payloadAt, frame.end));
}
