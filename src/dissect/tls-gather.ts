import type { Stream } from "./stream.ts";

const HANDSHAKE = 22;
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
/** Longest message that is put together from several records. */
const SCRATCH_BYTES = 16_384;
const scratch: Buffer = Buffer.alloc(SCRATCH_BYTES);

/** The handshake message at `stream.start`, header and all, as far as it is here: bytes[start, end). One object serves all. */
export const message = {
  bytes: scratch,
  start: 0,
  end: 0,
  /** Its length by its own header; -1 while that is not all there. */
  total: -1,
  isWhole: false,
  /** A record of another kind in the middle of the message. */
  isBroken: false,
};

/**
 * Finds it in place when one record holds it (the usual case), else copies the parts together (RFC 8446 §5.1). `left` bytes
 * from `stream.start` on are content of the record it begins in.
 */
export function gatherHandshake(stream: Stream, left: number): typeof message {
  const { bytes, start, end } = stream;
  const here = Math.min(end, start + left);
  message.bytes = bytes;
  message.start = start;
  message.end = here;
  message.isBroken = false;
  readTotal();
  if (message.total >= 0 && message.total <= left) {
    message.end = Math.min(end, start + message.total);
    message.isWhole = message.end === start + message.total;
  } else if (start + left < end) gatherRecords(stream, left);
  return message;
}

function readTotal(): void {
  const { bytes, start, end } = message;
  message.total = end - start < HANDSHAKE_HEADER_BYTES ? -1 : HANDSHAKE_HEADER_BYTES + bytes.readUIntBE(start + 1, 3);
  message.isWhole = message.total >= 0 && message.total <= end - start;
}

function gatherRecords({ bytes, start, end }: Stream, left: number): void {
  let length = bytes.copy(scratch, 0, start, start + Math.min(left, SCRATCH_BYTES));
  let at = start + left;
  message.bytes = scratch;
  message.start = 0;
  message.end = length;
  readTotal();
  while (!message.isWhole && at + RECORD_HEADER_BYTES <= end && length < SCRATCH_BYTES) {
    if (bytes[at] !== HANDSHAKE) {
      message.isBroken = true;
      break;
    }
    const recordBytes = bytes.readUInt16BE(at + 3);
    const from = at + RECORD_HEADER_BYTES;
    const stop = Math.min(end, from + recordBytes, from + SCRATCH_BYTES - length);
    if (stop > from) length += bytes.copy(scratch, length, from, stop);
    at = from + recordBytes;
    message.end = length;
    readTotal();
    if (recordBytes === 0) break;
  }
  if (message.isWhole) message.end = message.total;
}
