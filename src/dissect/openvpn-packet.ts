import { ANSWERS, ASKS, hasBytes, type Match, MORE, NO } from "./family.ts";
import type { Stream } from "./stream.ts";

/** How far the clocks of an OpenVPN client and of the sensor may be apart. */
const CLOCK_SECONDS = 40 * 86_400;
/** Opcodes in the upper five bits, with key 0 (OpenVPN wire protocol draft §2.1). */
const CLIENT_RESET = 0x38;
const SERVER_RESET = 0x40;
const CLIENT_RESET_V3 = 0x50;
export const RESETS = [CLIENT_RESET, SERVER_RESET, CLIENT_RESET_V3];
/** Bytes of the HMACs of `tls-auth`; behind one come the packet's number and its time. */
const HMAC_BYTES = [16, 20, 32, 64];
const REPLAY_BYTES = 8;
const SESSION_BYTES = 8;
const SHORTEST_RESET = 14;
const LONGEST_RESET = 512;
const MOST_ACKNOWLEDGED = 8;
/** Record type and version of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR = 3;

/** A datagram that is a hard reset with a session. */
export function resetMatch(s: Stream): Match {
  const opcode = s.bytes[s.start];
  const isReset = s.length >= 14 && (s.bytes.readUInt32BE(s.start + 1) !== 0 || s.bytes.readUInt32BE(s.start + 5) !== 0);
  if (!RESETS.includes(opcode) || !isReset) return NO;
  const said = opcode === SERVER_RESET ? ANSWERS : ASKS;
  if (isTlsCrypt(s, 9)) return said;
  // Without an HMAC: no acknowledgements, packet 0. With one: 16, 20, 32 or 64 bytes, then packet 1.
  if (opcode === CLIENT_RESET && s.length === 14 && hasBytes(s, 9, 0, 0, 0, 0, 0)) return ASKS;
  if (opcode === SERVER_RESET && s.length === 26 && hasBytes(s, 9, 1, 0, 0, 0, 0)) return ANSWERS;
  for (const hmac of HMAC_BYTES) {
    if (s.length < 9 + hmac + 13) break;
    if (hasBytes(s, 9 + hmac, 0, 0, 0, 1)) return said;
    if (hasBytes(s, 9 + hmac, 0, 0, 0, 2) && opcode === SERVER_RESET) return ANSWERS;
  }
  return s.isOnPort(1194) ? said : NO;
}

/** A stream that begins with one: a length, then what a datagram would hold. */
export function streamResetMatch(s: Stream): Match {
  if (s.length < 3) return s.isCut ? NO : MORE;
  const length = s.bytes.readUInt16BE(s.start);
  const opcode = s.bytes[s.start + 2];
  if (length < SHORTEST_RESET || length > LONGEST_RESET || !RESETS.includes(opcode)) return NO;
  if (length + 2 > s.length) return s.isCut ? NO : MORE;
  if (length === 14 && opcode === CLIENT_RESET && hasBytes(s, 11, 0, 0, 0, 0, 0)) return ASKS;
  if (length === 26 && opcode === SERVER_RESET && hasBytes(s, 11, 1, 0, 0, 0, 0)) return ANSWERS;
  const said = opcode === SERVER_RESET ? ANSWERS : ASKS;
  if (isTlsCrypt(s, 11)) return said;
  const hasPacketId = HMAC_BYTES.some(
    (hmac) => length >= 22 + hmac && (hasBytes(s, 11 + hmac, 0, 0, 0, 1) || hasBytes(s, 11 + hmac, 0, 0, 0, 2)),
  );
  return hasPacketId || s.isOnPort(1194) ? said : NO;
}

/** A control packet under `tls-crypt`: after opcode and session come packet 1 (or 2) and the time, then a tag of 32 bytes. */
function isTlsCrypt(s: Stream, at: number): boolean {
  if (s.length < at + 8 + 32 + 5 || !(hasBytes(s, at, 0, 0, 0, 1) || hasBytes(s, at, 0, 0, 0, 2))) return false;
  const seconds = s.bytes.readUInt32BE(s.start + at + 4);
  return Math.abs(seconds - s.timeMicros / 1e6) < CLOCK_SECONDS;
}

/** What stands between session and acknowledgements: nothing, or an HMAC and the packet's number and time. */
const LAYOUTS = [0, ...HMAC_BYTES.map((bytes) => bytes + REPLAY_BYTES)];

/** The control packet last read; one object serves all. */
export const control = { id: 0, start: 0, end: 0, layout: -1 };

/**
 * Reads the control packet bytes[start, end) into `control`. `layout`: as those before it, -1 while there was none; the first
 * one shows it by the TLS that begins in it. False when it is none, or cannot be read.
 */
export function readControl(bytes: Buffer, start: number, end: number, layout: number): boolean {
  if (layout >= 0) return readAs(bytes, start, end, layout);
  for (const candidate of LAYOUTS) {
    if (!readAs(bytes, start, end, candidate)) continue;
    const { id, start: at } = control;
    if (id === 1 && end - at > 2 && bytes[at] === TLS_HANDSHAKE && bytes[at + 1] === TLS_MAJOR) return true;
  }
  return false;
}

function readAs(bytes: Buffer, start: number, end: number, layout: number): boolean {
  let at = start + 1 + SESSION_BYTES + layout;
  if (at >= end) return false;
  const acknowledged = bytes[at];
  if (acknowledged > MOST_ACKNOWLEDGED) return false;
  at += 1 + (acknowledged > 0 ? acknowledged * 4 + SESSION_BYTES : 0);
  if (at + 4 > end) return false;
  control.id = bytes.readUInt32BE(at);
  control.start = at + 4;
  control.end = end;
  control.layout = layout;
  return true;
}
