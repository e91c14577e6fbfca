import type { Stream } from "./stream.ts";

const HANDSHAKE = 22;
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
/** Longest hello that is put together from several records. */
const SCRATCH_BYTES = 16_384;
const scratch: Buffer = Buffer.alloc(SCRATCH_BYTES);

/** The handshake message that begins with the record at `stream.start`. One object serves all. */
export const message = {
  bytes: scratch,
  start: 0,
  end: 0,
  isWhole: false,
  /** A record of another kind in the middle of the message. */
  isBroken: false,
  /** Length in the stream of the records that hold it. */
  streamBytes: 0,
};

/** Finds it in place when one record holds it (the usual case), else copies the parts together (RFC 8446 §5.1). */
export function gatherHandshake(stream: Stream): typeof message {
  const { bytes, start, end } = stream;
  const recordBytes = bytes.readUInt16BE(start + 3);
  const first = start + RECORD_HEADER_BYTES;
  message.bytes = bytes;
  message.start = first;
  message.isBroken = false;
  message.streamBytes = RECORD_HEADER_BYTES + recordBytes;
  if (end - first >= HANDSHAKE_HEADER_BYTES) {
    const total = HANDSHAKE_HEADER_BYTES + bytes.readUIntBE(first + 1, 3);
    if (total <= recordBytes) {
      message.end = Math.min(end, first + total);
      message.isWhole = first + total <= end;
      return message;
    }
  } else if (recordBytes >= HANDSHAKE_HEADER_BYTES) {
    message.end = end;
    message.isWhole = false;
    return message;
  }
  return gatherRecords(stream);
}

function gatherRecords({ bytes, start, end }: Stream): typeof message {
  let length = 0;
  let at = start;
  message.bytes = scratch;
  message.start = 0;
  message.isWhole = false;
  while (at + RECORD_HEADER_BYTES <= end && !message.isWhole) {
    if (bytes[at] !== HANDSHAKE) {
      message.isBroken = true;
      break;
    }
    const recordBytes = bytes.readUInt16BE(at + 3);
    const from = at + RECORD_HEADER_BYTES;
    const stop = Math.min(end, from + recordBytes, from + SCRATCH_BYTES - length);
    if (stop > from) bytes.copy(scratch, length, from, stop);
    length += Math.max(0, stop - from);
    at = from + recordBytes;
    message.isWhole = length >= HANDSHAKE_HEADER_BYTES && length >= HANDSHAKE_HEADER_BYTES + scratch.readUIntBE(1, 3);
    if (recordBytes === 0) break;
  }
  message.end = message.isWhole ? HANDSHAKE_HEADER_BYTES + scratch.readUIntBE(1, 3) : length;
  message.streamBytes = at - start;
  return message;
}
