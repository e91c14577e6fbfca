import { getFips, hash } from "node:crypto";
import { found, malformed, needMore, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** Packet length, padding length, message number (RFC 4253 §6). */
const PACKET_HEADER_BYTES = 6;
const COOKIE_BYTES = 16;
const KEXINIT = 20;
/** Messages that may come at any time and mean nothing: ignore, unimplemented, debug (RFC 4253 §11). */
const LAST_IDLE = 4;
const MOST_IDLE = 4;
/** What every implementation must take is 35000 (RFC 4253 §6.1); lists of algorithms are far from it. */
const LONGEST_PACKET = 8192;
/** Lists in order: key exchange, host key, then encryption, MAC and compression, of each the client's before the server's. */
const LISTS = 8;
const OF_CLIENT = [0, 2, 4, 6];
const OF_SERVER = [0, 3, 5, 7];
/** Where only approved digests may be made (FIPS 140) there is no MD5, and nothing is told. */
const HAS_MD5 = getFips() === 0;

const starts = new Int32Array(LISTS);
const ends = new Int32Array(LISTS);

/**
 * Reads the packet with the lists of algorithms, the first after the identification line (RFC 4253 §7.1), and tells HASSH of a
 * client or a server: the MD5 of four of them, joined by semicolons (github.com/salesforce/hassh).
 */
export function readKeyExchange(stream: Stream): Verdict {
  for (let idle = 0; idle <= MOST_IDLE; idle += 1) {
    const { bytes, start, end } = stream;
    if (end - start < PACKET_HEADER_BYTES) return stream.isCut ? found : needMore;
    const length = bytes.readUInt32BE(start);
    const message = bytes[start + 5];
    // Not what follows an identification line of this version, or nothing that is waited for.
    if (length < 2 || length > LONGEST_PACKET || message === 0 || (message > LAST_IDLE && message !== KEXINIT)) return found;
    if (end - start < 4 + length) return stream.isCut ? found : needMore;
    if (message === KEXINIT) return takeLists(stream, start + 4 + length - bytes[start + 4]);
    stream.skip(4 + length);
  }
  return found;
}

function takeLists(stream: Stream, end: number): Verdict {
  const { bytes, start, isFromInitiator } = stream;
  let at = start + PACKET_HEADER_BYTES + COOKIE_BYTES;
  for (let n = 0; n < LISTS; n += 1) {
    if (at + 4 > end) return malformed("ssh_key_exchange");
    starts[n] = at + 4;
    at = ends[n] = at + 4 + bytes.readUInt32BE(at);
    if (at > end) return malformed("ssh_key_exchange");
  }
  if (!HAS_MD5) return found;
  const ssh = (stream.facts.ssh ??= {});
  const lists = (isFromInitiator ? OF_CLIENT : OF_SERVER).map((n) => bytes.toString("latin1", starts[n], ends[n]));
  ssh[isFromInitiator ? "hassh" : "hasshServer"] = hash("md5", Buffer.from(lists.join(";"), "latin1"));
  return found;
}
