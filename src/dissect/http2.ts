import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { beginMessage, beginMessageContent, takeField, takeMessage } from "./http2-message.ts";
import { type Http2Side, type Http2State, newHttp2State, tables } from "./http2-state.ts";
import type { Stream } from "./stream.ts";

/** What a client begins with (RFC 9113 §3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const FRAME_HEADER_BYTES = 9;
/** Frame types and flags, §6. */
const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;
const PRIORITY_BYTES = 5;
const PROMISED_STREAM_BYTES = 4;
const SETTING_BYTES = 6;
/** More settings than anybody has defined. */
const MOST_SETTINGS = 32;
/** Longest block of fields that is gathered: a frame of the usual size (§4.2) and as much again; and the least that is kept at a time. */
const LONGEST_BLOCK = 32_768;
const PIECE_BYTES = 2048;
const NOTHING = Buffer.alloc(0);

/**
 * HTTP/2 without TLS, begun with prior knowledge or by an upgrade (RFC 9113 §3): who is asked for, what with, and what is
 * answered, in every message of a connection. Fields are compressed with what went before (RFC 7541), so a hole ends a direction.
 */
export const http2 = defineDissector<Http2State>({
  name: "http2",
  transport: "tcp",
  ports: [80, 8080],
  firstBytes: { tcp: [PREFACE[0], 0] },
  begin: newHttp2State,

  recognise({ bytes, start, end, isCut }) {
    const length = end - start;
    if (bytes[start] === PREFACE[0]) {
      for (let n = 0; n < Math.min(length, PREFACE.length); n += 1) if (bytes[start + n] !== PREFACE[n]) return notMine;
      return length >= PREFACE.length ? found : isCut ? notMine : needMore;
    }
    // A server's first frame: SETTINGS of stream 0, no flags (§6.5).
    if (length < FRAME_HEADER_BYTES) return isCut ? notMine : needMore;
    const payloadBytes = bytes.readUIntBE(start, 3);
    if (bytes[start + 3] !== SETTINGS || bytes[start + 4] !== 0 || bytes.readUInt32BE(start + 5) !== 0) return notMine;
    if (payloadBytes % SETTING_BYTES !== 0 || payloadBytes > SETTING_BYTES * MOST_SETTINGS) return notMine;
    // Nothing but zeros would be said by an empty one: the frame after it must be there.
    if (payloadBytes === 0) return length > FRAME_HEADER_BYTES + 3 && bytes[start + 12] <= 9 ? found : notMine;
    if (length < FRAME_HEADER_BYTES + 2) return isCut ? notMine : needMore;
    const setting = bytes.readUInt16BE(start + FRAME_HEADER_BYTES);
    return setting >= 1 && setting <= 0x10 ? found : notMine;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    if (!side.hasBegun) {
      side.hasBegun = true;
      if (stream.bytes[stream.start] === PREFACE[0]) {
        stream.senderAsks();
        stream.skip(PREFACE.length);
      } else stream.senderAnswers();
      stream.report();
    }
    for (;;) {
      const verdict = readFrame(stream, state, side);
      if (verdict === onward) continue;
      if (verdict !== needMore) endSide(stream, state, side);
      return verdict;
    }
  },
});

/** Of the parts of `read`: something was read or passed over. */
const onward: Verdict = 0;

/** A direction is read no more; with the second one the connection's tables are needed no more. */
function endSide(stream: Stream, state: Http2State, side: Http2Side): void {
  side.isOver = true;
  if (state.sides[0].isOver && state.sides[1].isOver) tables.drop(stream, state);
}

function readFrame(stream: Stream, state: Http2State, side: Http2Side): Verdict {
  if (side.dataLeft > 0) return readData(stream, side);
  if (side.fieldsLeft > 0) return readFields(stream, state, side);
  const { bytes, start, end } = stream;
  if (end - start < FRAME_HEADER_BYTES) return needMore;
  const length = bytes.readUIntBE(start, 3);
  const type = bytes[start + 3];
  const streamId = bytes.readUInt32BE(start + 5) & 0x7fffffff;
  if (side.isBlockOpen !== (type === CONTINUATION)) return malformed("http2_frame");
  if (type === DATA && streamId === side.content) return beginData(stream, side, length, bytes[start + 4]);
  if (type === HEADERS || type === CONTINUATION || type === PUSH_PROMISE) return beginFields(stream, state, side);
  stream.skip(FRAME_HEADER_BYTES + length);
  return onward;
}

/** What stands before the fields in a frame of them (§6.2, §6.6, §6.10). */
function beginFields(stream: Stream, state: Http2State, side: Http2Side): Verdict {
  const { bytes, start, end } = stream;
  const length = bytes.readUIntBE(start, 3);
  const type = bytes[start + 3];
  const flags = type === CONTINUATION ? bytes[start + 4] & END_HEADERS : bytes[start + 4];
  const isPadded = (flags & PADDED) !== 0;
  const isPromise = type === PUSH_PROMISE;
  let head = isPadded ? 1 : 0;
  if (isPromise) head += PROMISED_STREAM_BYTES;
  else if ((flags & PRIORITY) !== 0) head += PRIORITY_BYTES;
  if (end - start < FRAME_HEADER_BYTES + head) return needMore;
  side.paddingLeft = isPadded ? bytes[start + FRAME_HEADER_BYTES] : 0;
  side.fieldsLeft = length - head - side.paddingLeft;
  if (side.fieldsLeft < 0) return malformed("http2_frame");
  side.isBlockOpen = (flags & END_HEADERS) === 0;
  if (type !== CONTINUATION) {
    side.streamId = bytes.readUInt32BE(start + 5) & 0x7fffffff;
    side.isPromise = isPromise;
    side.isLast = (flags & END_STREAM) !== 0;
  }
  stream.skip(FRAME_HEADER_BYTES + head);
  return side.fieldsLeft > 0 ? onward : endFields(stream, state, side, 0);
}

/** Fields of the frame in reading: taken as they stand when the whole block is here, else gathered. */
function readFields(stream: Stream, state: Http2State, side: Http2Side): Verdict {
  const here = Math.min(side.fieldsLeft, Math.max(0, stream.length));
  if (here < side.fieldsLeft && here < PIECE_BYTES) return needMore;
  if (here === side.fieldsLeft && side.block === undefined && !side.isBlockOpen) return endFields(stream, state, side, here);
  const kept = side.block ?? NOTHING;
  if (kept.length + here > LONGEST_BLOCK) {
    stream.lose("dissect_limit");
    return found;
  }
  if (!tables.keep(stream, state)) return found;
  side.block = Buffer.concat([kept, stream.bytes.subarray(stream.start, stream.start + here)]);
  side.fieldsLeft -= here;
  stream.skip(here);
  return side.fieldsLeft > 0 ? onward : endFields(stream, state, side, 0);
}

/** The frame of fields ends with `here` bytes that are not gathered; its block too, unless a CONTINUATION follows. */
function endFields(stream: Stream, state: Http2State, side: Http2Side, here: number): Verdict {
  const verdict = side.isBlockOpen ? onward : readBlock(stream, state, side, here);
  side.fieldsLeft = 0;
  stream.skip(here + side.paddingLeft);
  side.paddingLeft = 0;
  return verdict;
}

/** All the fields of a message. */
function readBlock(stream: Stream, state: Http2State, side: Http2Side, here: number): Verdict {
  const { block, table } = side;
  side.block = undefined;
  if (!tables.keep(stream, state)) return found;
  beginMessage();
  const isRead = block
    ? table.read(block, 0, block.length, takeField)
    : table.read(stream.bytes, stream.start, stream.start + here, takeField);
  if (!isRead) return malformed("http2_frame");
  // What is promised was not asked for.
  if (side.isPromise) return onward;
  if (!takeMessage(stream, state)) {
    if (side.streamId === side.content) endContent(stream, side);
    return onward;
  }
  if (!side.isLast && side.content === 0 && beginMessageContent(stream)) side.content = side.streamId;
  return onward;
}

/** A DATA frame of the content that is looked at (§6.1). */
function beginData(stream: Stream, side: Http2Side, length: number, flags: number): Verdict {
  const { bytes, start, end } = stream;
  const isPadded = (flags & PADDED) !== 0 && length > 0;
  if (isPadded && end - start <= FRAME_HEADER_BYTES) return needMore;
  const padding = isPadded ? bytes[start + FRAME_HEADER_BYTES] : 0;
  const head = isPadded ? 1 : 0;
  if (padding + head > length) return malformed("http2_frame");
  stream.skip(FRAME_HEADER_BYTES + head);
  side.dataLeft = length - head - padding;
  side.paddingLeft = padding;
  side.isLast = (flags & END_STREAM) !== 0;
  if (side.dataLeft === 0) endData(stream, side);
  return onward;
}

function readData(stream: Stream, side: Http2Side): Verdict {
  if (stream.start >= stream.end) return needMore;
  side.dataLeft = stream.passOver(side.dataLeft, side.isLast);
  if (side.dataLeft > 0) return needMore;
  endData(stream, side);
  return onward;
}

function endData(stream: Stream, side: Http2Side): void {
  stream.skip(side.paddingLeft);
  side.paddingLeft = 0;
  if (side.isLast) endContent(stream, side);
}

function endContent(stream: Stream, side: Http2Side): void {
  stream.endContent();
  side.content = 0;
}
