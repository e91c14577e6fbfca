import { found, needMore, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

const FINAL = 0x80;
const COMPRESSED = 0x40;
const UNKNOWN_BITS = 0x30;
const MASKED = 0x80;
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;
const SHORT = 126;
const LONG = 127;
const HIGH = 2 ** 32;
/** No frame is longer than 2^63 − 1; a number that is exact ends sooner. */
const MOST_HIGH = 2 ** 21;
const KEY_BYTES = 4;
/** Frames of a direction that are read. */
const MAX_FRAMES = 65_536;
/** Masks are taken off in here, and nothing stays. */
const SCRATCH_BYTES = 2048;
const scratch = Buffer.alloc(SCRATCH_BYTES);

/** One direction of a WebSocket. */
export interface WebSocketSide {
  frames: number;
  /** Bytes left of a frame's payload. */
  left: number;
  isMasked: boolean;
  /** The key, and how many of its bytes were used, modulo four. */
  key: number;
  keyAt: number;
  /** The payload is content; it is the last of its message. */
  isContent: boolean;
  isLast: boolean;
  /** A message is under way that can be read: it is not compressed. */
  isReadable: boolean;
}

export const newWebSocketSide = (): WebSocketSide => ({
  frames: 0,
  left: 0,
  isMasked: false,
  key: 0,
  keyAt: 0,
  isContent: false,
  isLast: false,
  isReadable: false,
});

/**
 * Frames of a WebSocket (RFC 6455 §5.2): messages of text and of bytes are content, their masks (§5.3) taken off; compressed
 * ones (RFC 7692 §6) are passed over.
 */
export function readFrames(stream: Stream, side: WebSocketSide): Verdict {
  for (;;) {
    if (side.left > 0) {
      side.left = side.isMasked ? passMasked(stream, side) : passPlain(stream, side);
      if (side.left > 0) return needMore;
    }
    if (!stream.wantsContent || side.frames >= MAX_FRAMES) return found;
    if (stream.length <= 0) return needMore;
    const { bytes, start, end } = stream;
    const header = headerBytes(bytes, start, end);
    if (end - start < header) return stream.isCut ? found : needMore;
    if (!beginFrame(stream, side)) return found;
    stream.skip(header);
    side.frames += 1;
    if (side.left === 0 && side.isContent && side.isLast) stream.endContent();
  }
}

/** Bytes of the header that begins at `start`; 2 while not even so many are here. */
function headerBytes(bytes: Buffer, start: number, end: number): number {
  if (end - start < 2) return 2;
  const length = bytes[start + 1] & 0x7f;
  return 2 + (length === SHORT ? 2 : length === LONG ? 8 : 0) + (bytes[start + 1] >= MASKED ? KEY_BYTES : 0);
}

/** Takes the header at `stream.start`, all of which is here. False: it is none, or nothing follows. */
function beginFrame(stream: Stream, side: WebSocketSide): boolean {
  const { bytes, start } = stream;
  const bits = bytes[start];
  const kind = bits & 15;
  if ((bits & UNKNOWN_BITS) !== 0 || (kind > BINARY && kind < CLOSE) || kind > PONG || kind === CLOSE) return false;
  const short = bytes[start + 1] & 0x7f;
  side.isMasked = bytes[start + 1] >= MASKED;
  let at = start + 2;
  side.left = short;
  if (short === SHORT) {
    side.left = bytes.readUInt16BE(at);
    at += 2;
  } else if (short === LONG) {
    const high = bytes.readUInt32BE(at);
    if (high >= MOST_HIGH) return false;
    side.left = high * HIGH + bytes.readUInt32BE(at + 4);
    at += 8;
  }
  side.key = side.isMasked ? bytes.readInt32BE(at) : 0;
  side.keyAt = 0;
  // Between the frames of a message there may be others, which are no part of it (§5.4).
  side.isContent = kind < CLOSE;
  if (!side.isContent) return true;
  side.isLast = (bits & FINAL) !== 0;
  if (kind !== CONTINUATION) {
    side.isReadable = (bits & COMPRESSED) === 0;
    if (side.isReadable) stream.beginContent("plain");
  }
  side.isContent = side.isReadable;
  if (side.isLast) side.isReadable = false;
  return true;
}

function passPlain(stream: Stream, { isContent, isLast, left }: WebSocketSide): number {
  if (isContent) return stream.passOver(left, isLast);
  stream.skip(left);
  return 0;
}

function passMasked(stream: Stream, side: WebSocketSide): number {
  const { bytes, start, length } = stream;
  const { key, left } = side;
  const here = Math.min(left, Math.max(0, length));
  for (let at = start; side.isContent && at < start + here && stream.isContentOpen; ) {
    const count = Math.min(start + here - at, SCRATCH_BYTES);
    for (let n = 0; n < count; n += 1) scratch[n] = bytes[at + n] ^ (key >>> (24 - ((side.keyAt + n) & 3) * 8));
    stream.offer(0, count, scratch);
    scratch.fill(0, 0, count);
    side.keyAt = (side.keyAt + count) & 3;
    at += count;
  }
  const isOver = here === left || stream.isCut || !side.isContent || !stream.isContentOpen;
  stream.skip(isOver ? left : here);
  if (isOver && side.isContent && side.isLast) stream.endContent();
  return isOver ? 0 : left - here;
}
