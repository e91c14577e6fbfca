import { awaitData, endFile, type SmbSide, type SmbState, smbFacts, takeAwaited, takeData } from "./smb-state.ts";
import type { Stream } from "./stream.ts";

/** MS-CIFS §2.2.3.1; the count of words follows. */
const HEADER_BYTES = 32;
const LEAST_BYTES = HEADER_BYTES + 3;
const NEGOTIATE = 0x72;
const CLOSE = 0x04;
const READ_ANDX = 0x2e;
const WRITE_ANDX = 0x2f;
const MOST_DIALECTS = 32;
/** Words of a request to read or write, with and without the upper half of an offset, and of an answer with data (§2.2.4.42, §2.2.4.43). */
const READ_WORDS = [10, 12];
const WRITE_WORDS = [12, 14];
const ANSWER_WORDS = 12;
const HIGH = 2 ** 32;

/** Reads the request or answer that begins at `stream.start`, with what is here of it up to `end`. */
export function readSmb1(stream: Stream, state: SmbState, side: SmbSide, end: number): void {
  const { bytes, start } = stream;
  if (start + LEAST_BYTES > end) return;
  const isAnswer = (bytes[start + 9] & 0x80) !== 0;
  if (isAnswer) stream.senderAnswers();
  else stream.senderAsks();
  const command = bytes[start + 4];
  const words = start + HEADER_BYTES;
  if (command === NEGOTIATE) {
    if (stream.isDetailed) readNegotiation(stream, state, isAnswer, words, end);
    return;
  }
  if (!stream.wantsContent || words + 1 + bytes[words] * 2 > end) return;
  const count = bytes[words];
  const at = words + 1;
  // Who asks, and for what of his requests.
  const id = bytes.readInt32LE(start + 28);
  if (command === CLOSE) endFile(stream, side);
  else if (command === WRITE_ANDX && !isAnswer && WRITE_WORDS.includes(count)) {
    const place = bytes.readUInt16LE(at + 22);
    const length = Math.min(bytes.readUInt16LE(at + 18) * 0x10000 + bytes.readUInt16LE(at + 20), side.after - place);
    const offset = bytes.readUInt32LE(at + 6) + (count === 14 ? bytes.readUInt32LE(at + 24) * HIGH : 0);
    if (start + place > at + count * 2) takeData(stream, side, place, length, bytes.readUInt16LE(at + 4), offset);
  } else if (command === READ_ANDX && isAnswer && count === ANSWER_WORDS) {
    const place = bytes.readUInt16LE(at + 12);
    const length = Math.min(bytes.readUInt16LE(at + 14) * 0x10000 + bytes.readUInt16LE(at + 10), side.after - place);
    if (start + place > at + count * 2) takeAwaited(stream, state, side, place, length, id);
  } else if (command === READ_ANDX && !isAnswer && READ_WORDS.includes(count)) {
    const offset = bytes.readUInt32LE(at + 6) + (count === 12 ? bytes.readUInt32LE(at + 20) * HIGH : 0);
    awaitData(stream, state, id, bytes.readUInt16LE(at + 4), offset);
  }
}

/** MS-CIFS §2.2.4.52: a client lists names, the server answers with the place of one. */
function readNegotiation(stream: Stream, { offered }: SmbState, isAnswer: boolean, words: number, end: number): void {
  const { bytes } = stream;
  if (isAnswer) {
    const dialect = bytes[words] > 0 ? offered[bytes.readUInt16LE(words + 1)] : undefined;
    if (dialect !== undefined) smbFacts(stream).dialect ??= dialect;
    return;
  }
  for (let from = words + 3; from < end && bytes[from] === 2 && offered.length < MOST_DIALECTS; ) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0 || zero >= end) return;
    offered.push(bytes.toString("latin1", from + 1, Math.min(zero, from + 33)).replace(/[^ -~]/g, "?"));
    from = zero + 1;
  }
}
