import type { SmbFacts } from "../model/facts.ts";
import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { hasBytes, hasText } from "./family.ts";
import type { Stream } from "./stream.ts";

const SESSION_HEADER_BYTES = 4;
/** First byte of a message: SMB 1, 2 and 3; encrypted, compressed (MS-SMB2 §2.2.1, §2.2.41, §2.2.42). */
const SMB1 = 0xff;
const SMB2 = 0xfe;
const ENCRYPTED = [0xfd, 0xfc];
const SESSION_REQUEST = 0x81;
const SESSION_GRANTED = 0x82;
const NEGOTIATE_1 = 0x72;
const MAX_MESSAGES = 4;
const MOST_DIALECTS = 32;
const SMB1_HEADER_BYTES = 32;
const SMB2_HEADER_BYTES = 64;
/** MS-SMB2 §2.2.4; 0x02ff asks for another negotiation. */
const DIALECTS: Readonly<Record<number, string>> = { 514: "2.0.2", 528: "2.1", 768: "3.0", 770: "3.0.2", 785: "3.1.1" };

interface SmbState {
  /** What a client of SMB 1 offered, in its order. */
  offered: string[];
  left: [number, number];
}

/** SMB 1 to 3 over TCP and NetBIOS sessions (MS-CIFS, MS-SMB2; RFC 1002 §4.3): which dialect is spoken. Names of files and users are not read. */
export const smb = defineDissector<SmbState>({
  name: "smb",
  transport: "tcp",
  ports: [139, 445],
  firstBytes: { tcp: [0, SESSION_REQUEST, SESSION_GRANTED] },
  begin: () => ({ offered: [], left: [MAX_MESSAGES, MAX_MESSAGES] }),

  recognise(stream) {
    const { bytes, start, length, isCut } = stream;
    if (bytes[start] !== 0) {
      if (!stream.isOnPort(139) || length < 4 || bytes[start + 1] > 1) return notMine;
      return hasBytes(stream, 0, SESSION_GRANTED, 0, 0, 0) || hasBytes(stream, 2, 0, 0x44, 0x20) ? found : notMine;
    }
    if (length < 8) return (length > 1 && bytes[start + 1] > 1) || isCut ? notMine : needMore;
    const magic = bytes[start + SESSION_HEADER_BYTES];
    return (magic === SMB1 || magic === SMB2 || ENCRYPTED.includes(magic)) && hasText(stream, 5, "SMB") ? found : notMine;
  },

  read(stream, state) {
    for (;;) {
      const { bytes, start, length, side, isCut } = stream;
      if (length < SESSION_HEADER_BYTES) return needMore;
      const size = bytes.readUIntBE(start + 1, 3);
      if (bytes[start] === 0 && length < SESSION_HEADER_BYTES + Math.min(size, SMB2_HEADER_BYTES + 8) && !isCut) return needMore;
      readMessage(stream, state, Math.min(stream.end, start + SESSION_HEADER_BYTES + size));
      stream.report();
      state.left[side] -= 1;
      if (state.left[side] <= 0) return found;
      stream.skip(SESSION_HEADER_BYTES + size);
      if (stream.length <= 0) return needMore;
    }
  },
});

function readMessage(stream: Stream, state: SmbState, end: number): void {
  const { bytes, start } = stream;
  if (bytes[start] !== 0) {
    if (bytes[start] === SESSION_REQUEST) stream.senderAsks();
    else stream.senderAnswers();
    return;
  }
  const at = start + SESSION_HEADER_BYTES;
  if (bytes[at] === SMB1 && at + SMB1_HEADER_BYTES + 3 <= end) readSmb1(stream, state, at, end);
  else if (bytes[at] === SMB2 && at + SMB2_HEADER_BYTES + 6 <= end) readSmb2(stream, at);
}

/** MS-CIFS §2.2.4.52: a client lists names, the server answers with the place of one. */
function readSmb1(stream: Stream, state: SmbState, at: number, end: number): void {
  const { bytes } = stream;
  const isAnswer = (bytes[at + 9] & 0x80) !== 0;
  if (isAnswer) stream.senderAnswers();
  else stream.senderAsks();
  if (bytes[at + 4] !== NEGOTIATE_1 || !stream.isDetailed) return;
  const words = at + SMB1_HEADER_BYTES;
  if (isAnswer) {
    const dialect = bytes[words] > 0 ? state.offered[bytes.readUInt16LE(words + 1)] : undefined;
    if (dialect !== undefined) factsOf(stream).dialect ??= dialect;
    return;
  }
  for (let from = words + 3; from < end && bytes[from] === 2 && state.offered.length < MOST_DIALECTS; ) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0 || zero >= end) return;
    state.offered.push(bytes.toString("latin1", from + 1, Math.min(zero, from + 33)).replace(/[^ -~]/g, "?"));
    from = zero + 1;
  }
}

/** MS-SMB2 §2.2.1.2 and §2.2.4. */
function readSmb2(stream: Stream, at: number): void {
  const { bytes } = stream;
  const isAnswer = (bytes[at + 16] & 1) !== 0;
  if (isAnswer) stream.senderAnswers();
  else stream.senderAsks();
  if (!isAnswer || bytes.readUInt16LE(at + 12) !== 0 || !stream.isDetailed) return;
  const dialect = DIALECTS[bytes.readUInt16LE(at + SMB2_HEADER_BYTES + 4)];
  if (dialect !== undefined) factsOf(stream).dialect = dialect;
}

function factsOf(stream: Stream): SmbFacts {
  const { facts } = stream;
  facts.smb ??= {};
  return facts.smb;
}
