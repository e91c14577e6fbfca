import { awaitData, endFile, type SmbSide, type SmbState, smbFacts, takeAwaited, takeData } from "./smb-state.ts";
import type { Stream } from "./stream.ts";

/** MS-SMB2 §2.2.1.2. */
const HEADER_BYTES = 64;
const NEGOTIATE = 0;
const CLOSE = 6;
const READ = 8;
const WRITE = 9;
/** Structure sizes and fixed parts: a request to write or read, an answer to the latter (§2.2.21, §2.2.19, §2.2.20). */
const REQUEST_SIZE = 49;
const REQUEST_BYTES = 48;
const READ_ANSWER_SIZE = 17;
const READ_ANSWER_BYTES = 16;
/** Of the answer to a negotiation what tells the dialect (§2.2.4). */
const NEGOTIATED_BYTES = 6;
/** MS-SMB2 §2.2.4; 0x02ff asks for another negotiation. */
const DIALECTS: Readonly<Record<number, string>> = { 514: "2.0.2", 528: "2.1", 768: "3.0", 770: "3.0.2", 785: "3.1.1" };
const HIGH = 2 ** 32;

/** Reads the request or answer that begins at `stream.start`, with what is here of it up to `end`; cuts `side.after` to its bytes. */
export function readSmb2(stream: Stream, state: SmbState, side: SmbSide, end: number): void {
  const { bytes, start } = stream;
  if (start + HEADER_BYTES + NEGOTIATED_BYTES > end) return;
  const isAnswer = (bytes[start + 16] & 1) !== 0;
  if (isAnswer) stream.senderAnswers();
  else stream.senderAsks();
  // Another one may follow in the same message (§3.2.4.1.4).
  const next = bytes.readUInt32LE(start + 20);
  if (next >= HEADER_BYTES && next < side.after) side.after = next;
  const command = bytes.readUInt16LE(start + 12);
  const body = start + HEADER_BYTES;
  if (command === NEGOTIATE) {
    const dialect = isAnswer && stream.isDetailed ? DIALECTS[bytes.readUInt16LE(body + 4)] : undefined;
    if (dialect !== undefined) smbFacts(stream).dialect = dialect;
    return;
  }
  if (!stream.wantsContent) return;
  if (command === CLOSE) endFile(stream, side);
  else if (command === WRITE && !isAnswer) readWrite(stream, side, body, end);
  else if (command === READ && isAnswer) readAnswer(stream, state, side, body, end);
  else if (command === READ && body + REQUEST_BYTES <= end && bytes.readUInt16LE(body) === REQUEST_SIZE)
    awaitData(stream, state, bytes.readInt32LE(start + 24), fileAt(bytes, body + 16), offsetAt(bytes, body + 8));
}

function readWrite(stream: Stream, side: SmbSide, body: number, end: number): void {
  const { bytes } = stream;
  if (body + REQUEST_BYTES > end || bytes.readUInt16LE(body) !== REQUEST_SIZE) return;
  const place = bytes.readUInt16LE(body + 2);
  const length = Math.min(bytes.readUInt32LE(body + 4), side.after - place);
  if (place < HEADER_BYTES + REQUEST_BYTES) return;
  takeData(stream, side, place, length, fileAt(bytes, body + 16), offsetAt(bytes, body + 8));
}

function readAnswer(stream: Stream, state: SmbState, side: SmbSide, body: number, end: number): void {
  const { bytes, start } = stream;
  if (body + READ_ANSWER_BYTES > end || bytes.readUInt16LE(body) !== READ_ANSWER_SIZE) return;
  const place = bytes[body + 2];
  const length = Math.min(bytes.readUInt32LE(body + 4), side.after - place);
  if (place < HEADER_BYTES + READ_ANSWER_BYTES) return;
  takeAwaited(stream, state, side, place, length, bytes.readInt32LE(start + 24));
}

/** A FileId (§2.2.14.1) as one number. */
function fileAt(bytes: Buffer, at: number): number {
  return (bytes.readInt32LE(at) ^ bytes.readInt32LE(at + 4) ^ bytes.readInt32LE(at + 8) ^ bytes.readInt32LE(at + 12)) >>> 0;
}

function offsetAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * HIGH + bytes.readUInt32LE(at);
}
