import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { StunFacts } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

export const HEADER_BYTES = 20;
/** RFC 8489 §5. */
export const COOKIE = 0x2112a442;
/** By number: RFC 8489 §18.2, RFC 8656 §17, RFC 6062 §6.1, RFC 3489 §11.1. */
export const METHODS: readonly (string | undefined)[] = [
  undefined,
  "binding",
  "shared-secret",
  "allocate",
  "refresh",
  undefined,
  "send",
  "data",
  "create-permission",
  "channel-bind",
  "connect",
  "connection-bind",
  "connection-attempt",
];

/** Attributes, RFC 8489 §18.3, RFC 8656 §18, RFC 3489 §11.2; 0x8020 is what some servers wrote before RFC 5389. */
const MAPPED_ADDRESS = 0x0001;
const LAST_CLASSIC = 0x000b;
const XOR_RELAYED_ADDRESS = 0x0016;
const XOR_MAPPED_ADDRESS = 0x0020;
const EARLY_XOR_MAPPED_ADDRESS = 0x8020;
const IPV4 = 1;
const IPV6 = 2;
const MAX_ATTRIBUTES = 64;

/** Takes the addresses of a message's attributes; false when they do not fit into it. */
export function readAttributes(stream: Stream, facts: StunFacts, start: number, end: number): boolean {
  const { bytes } = stream;
  let at = start;
  for (let n = 0; n < MAX_ATTRIBUTES && at + 4 <= end; n += 1) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const value = at + 4;
    if (value + length > end) return stream.isCut;
    if (type === XOR_MAPPED_ADDRESS || type === EARLY_XOR_MAPPED_ADDRESS || type === MAPPED_ADDRESS) {
      const text = addressText(bytes, stream.start, value, length, type !== MAPPED_ADDRESS);
      if (text !== "") stream.add((facts.mappedAddress ??= []), text);
    } else if (type === XOR_RELAYED_ADDRESS) {
      const text = addressText(bytes, stream.start, value, length, true);
      if (text !== "") stream.add((facts.relayedAddress ??= []), text);
    }
    at = value + ((length + 3) & ~3);
  }
  return true;
}

/** RFC 3489 had no cookie: known types only (off its ports), and attributes that fill the message to its last byte. */
export function isClassic(bytes: Buffer, start: number, end: number, isOnPort: boolean): boolean {
  const type = bytes.readUInt16BE(start) & ~0x0110;
  if (type !== 1 && type !== 2) return false;
  let at = start + HEADER_BYTES;
  // An empty request says too little: its length is zero, as are many bytes.
  if (at === end) return bytes.readUInt16BE(start) === 1 && bytes.readUInt32BE(start + 4) !== 0 && bytes.readUInt32BE(start + 16) !== 0;
  for (let n = 0; at < end; n += 1) {
    if (n === MAX_ATTRIBUTES || at + 4 > end) return false;
    const attribute = bytes.readUInt16BE(at);
    if (attribute === 0 || (!isOnPort && attribute > LAST_CLASSIC && attribute < 0x8000)) return false;
    at += 4 + ((bytes.readUInt16BE(at + 2) + 3) & ~3);
  }
  return at === end;
}

/** `ip:port` of an address attribute (RFC 8489 §14.1), XORed with cookie and transaction id (§14.2); "" when it is none. */
function addressText(bytes: Buffer, message: number, at: number, length: number, isXored: boolean): string {
  const family = bytes[at + 1];
  if (!((family === IPV4 && length >= 8) || (family === IPV6 && length >= 20))) return "";
  const port = bytes.readUInt16BE(at + 2) ^ (isXored ? COOKIE >>> 16 : 0);
  const word = (n: number) => bytes.readInt32BE(at + 4 + n * 4) ^ (isXored ? bytes.readInt32BE(message + 4 + n * 4) : 0);
  if (family === IPV4) return `${formatAddress(0, 0, V4_MAPPED, word(0))}:${port}`;
  return `[${formatAddress(word(0), word(1), word(2), word(3))}]:${port}`;
}
