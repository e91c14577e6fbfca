import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";
import { tlsFacts } from "./tls-facts.ts";

/** Tags of Google's own handshake ("QUIC Crypto" revision 20161206), as four bytes. */
const CLIENT_HELLO = 0x43484c4f;
const SERVER_NAME = 0x534e4900;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 8;
/** "QUIC Crypto": at most so many entries. */
const MAX_ENTRIES = 128;
/** Public header, connection ids, packet number, hash and the frame's own header stand before the hello. */
const LONGEST_FRONT = 96;

/** Position of the client's hello in a packet that is not sealed (up to Q046); -1. */
export function findGoogleHello(bytes: Buffer, start: number, end: number): number {
  const stop = Math.min(end - HEADER_BYTES, start + LONGEST_FRONT);
  for (let at = start; at < stop; at += 1) if (bytes[at] === 0x43 && bytes.readUInt32BE(at) === CLIENT_HELLO) return at;
  return -1;
}

/** True when bytes[start, end) begin with Google's client hello. */
export function isGoogleHello(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= HEADER_BYTES && bytes.readUInt32BE(start) === CLIENT_HELLO;
}

/**
 * Names the flow by the server name in the hello at `start`: a list of tags with where their values end, then the values. False
 * when the hello ends before it.
 */
export function takeGoogleHello(stream: Stream, bytes: Buffer, start: number, end: number): boolean {
  const entries = Math.min(MAX_ENTRIES, bytes.readUInt16LE(start + 4));
  const values = start + HEADER_BYTES + entries * ENTRY_BYTES;
  let from = 0;
  for (let at = start + HEADER_BYTES; at < values && at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
    const to = bytes.readUInt32LE(at + 4);
    if (to < from) return true;
    if (bytes.readUInt32BE(at) === SERVER_NAME && to > from) {
      if (values + to > end) return false;
      const name = nameText(bytes, values + from, values + to);
      stream.facts.names = [{ name, source: "sni" }];
      (tlsFacts(stream).client ??= {}).serverName = name;
      return true;
    }
    from = to;
  }
  return values <= end;
}
