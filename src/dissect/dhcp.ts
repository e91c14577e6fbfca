import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { DhcpFacts } from "../model/facts.ts";
import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { hasBytes } from "./family.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const REQUEST = 1;
const REPLY = 2;
const FIXED_BYTES = 240;
const ETHERNET_BYTES = 6;
/** Options, RFC 2132 §3.14, §9.1, §9.6; RFC 4702 §2.1. */
const HOST_NAME = 12;
const REQUESTED_ADDRESS = 50;
const MESSAGE_TYPE = 53;
const FULL_NAME = 81;
const END = 255;
/** Message types that say which address a client has: it asks for it, or is given it. */
const ASKED = 3;
const ACKNOWLEDGED = 5;
const MOST_OPTIONS = 64;

/** DHCP over IPv4 (RFC 2131): which address a device has, by its hardware address and the name that it gives itself. */
export const dhcp = defineDissector<undefined>({
  name: "dhcp",
  transport: "udp",
  ports: [67, 68],
  firstBytes: { udp: [REQUEST, REPLY] },
  begin: () => undefined,
  // Nothing is remembered between messages.
  rest: () => 1,
  // RFC 2131 §3: the magic cookie.
  recognise: (stream) => (stream.length >= FIXED_BYTES && hasBytes(stream, 236, 0x63, 0x82, 0x53, 0x63) ? found : notMine),

  read(stream) {
    if (stream.length < FIXED_BYTES) return notMine;
    if (stream.bytes[stream.start] === REQUEST) stream.senderAsks();
    else stream.senderAnswers();
    const lease = readLease(stream);
    // Many clients share the broadcast flow: what stands there is always of one message.
    if (lease) stream.facts.dhcp = lease;
    stream.report();
    return needMore;
  },
});

function readLease({ bytes, start, end }: Stream): DhcpFacts | undefined {
  let type = 0;
  let name = "";
  let asked = 0;
  let at = start + FIXED_BYTES;
  for (let n = 0; n < MOST_OPTIONS && at + 1 < end && bytes[at] !== END; n += 1) {
    const code = bytes[at];
    if (code === 0) {
      at += 1;
      continue;
    }
    const value = at + 2;
    const stop = value + bytes[at + 1];
    if (stop > end) break;
    if (code === MESSAGE_TYPE && stop > value) type = bytes[value];
    else if (code === HOST_NAME) name = nameText(bytes, value, stop);
    // Flags and two codes come first; names in wire form (bit 2) are left alone.
    else if (code === FULL_NAME && name === "" && stop > value + 3 && (bytes[value] & 4) === 0) name = nameText(bytes, value + 3, stop);
    else if (code === REQUESTED_ADDRESS && stop - value === 4) asked = bytes.readInt32BE(value);
    at = stop;
  }
  if (type !== ASKED && type !== ACKNOWLEDGED) return undefined;
  // "Your address" of the server, or what the client has ("ciaddr") or asks for.
  const own = bytes.readInt32BE(start + 12);
  const address = type === ACKNOWLEDGED ? bytes.readInt32BE(start + 16) || own : asked || own;
  const isEthernet = bytes[start + 1] === 1 && bytes[start + 2] === ETHERNET_BYTES;
  return {
    ...(name !== "" && { hostname: name }),
    ...(address !== 0 && { address: formatAddress(0, 0, V4_MAPPED, address) }),
    ...(isEthernet && { mac: (bytes.toString("hex", start + 28, start + 28 + ETHERNET_BYTES).match(/../g) ?? []).join(":") }),
  };
}
