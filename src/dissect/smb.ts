import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { hasBytes, hasText } from "./family.ts";
import { newSmbState, type SmbSide, type SmbState } from "./smb-state.ts";
import { readSmb1 } from "./smb1.ts";
import { readSmb2 } from "./smb2.ts";
import type { Stream } from "./stream.ts";

const SESSION_HEADER_BYTES = 4;
/** First byte of a message: SMB 1, 2 and 3; encrypted, compressed (MS-SMB2 §2.2.1, §2.2.41, §2.2.42). */
const SMB1 = 0xff;
const SMB2 = 0xfe;
const ENCRYPTED = 0xfd;
const COMPRESSED = 0xfc;
const SESSION_REQUEST = 0x81;
const SESSION_GRANTED = 0x82;
/** Messages of a direction that are read for what is spoken, and for what is written and read. */
const MAX_MESSAGES = 4;
const MAX_TRANSFERS = 4096;
/** What is read of a message at once: its header, and the fixed part of the longest body that matters (MS-SMB2 §2.2.21). */
const HEAD_BYTES = 112;

/**
 * SMB 1 to 3 over TCP and NetBIOS sessions (MS-CIFS, MS-SMB2; RFC 1002 §4.3): which dialect is spoken. Names of files and users
 * are not read. What is written to files and read from them is content, signed or not; what is encrypted is not to be read.
 */
export const smb = defineDissector<SmbState>({
  name: "smb",
  transport: "tcp",
  ports: [139, 445],
  firstBytes: { tcp: [0, SESSION_REQUEST, SESSION_GRANTED] },
  begin: newSmbState,

  recognise(stream) {
    const { bytes, start, length, isCut } = stream;
    if (bytes[start] !== 0) {
      if (!stream.isOnPort(139) || length < 4 || bytes[start + 1] > 1) return notMine;
      return hasBytes(stream, 0, SESSION_GRANTED, 0, 0, 0) || hasBytes(stream, 2, 0, 0x44, 0x20) ? found : notMine;
    }
    if (length < 8) return (length > 1 && bytes[start + 1] > 1) || isCut ? notMine : needMore;
    const magic = bytes[start + SESSION_HEADER_BYTES];
    return magic >= COMPRESSED && hasText(stream, 5, "SMB") ? found : notMine;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    for (;;) {
      if (side.dataLeft > 0) {
        side.dataLeft = stream.passOver(side.dataLeft, false);
        if (side.dataLeft > 0) return needMore;
      }
      stream.skip(side.after);
      side.after = 0;
      if (side.messageLeft === 0 && side.messages >= mostMessages(stream, side)) return found;
      if (stream.length <= 0) return needMore;
      if (side.messageLeft === 0) {
        if (stream.length < SESSION_HEADER_BYTES) return needMore;
        // Not taken yet: what is too short is shown again from here.
        const size = stream.bytes.readUIntBE(stream.start + 1, 3);
        if (stream.length - SESSION_HEADER_BYTES < Math.min(size, HEAD_BYTES) && !stream.isCut) return needMore;
        beginMessage(stream, side, size);
      } else if (stream.length < Math.min(side.messageLeft, HEAD_BYTES) && !stream.isCut) return needMore;
      if (side.messageLeft > 0) readUnit(stream, state, side);
    }
  },
});

function mostMessages(stream: Stream, { isSealed }: SmbSide): number {
  return stream.wantsContent && !isSealed ? MAX_TRANSFERS : MAX_MESSAGES;
}

function beginMessage(stream: Stream, side: SmbSide, size: number): void {
  const type = stream.bytes[stream.start];
  stream.skip(SESSION_HEADER_BYTES);
  side.messages += 1;
  if (side.messages <= MAX_MESSAGES) stream.report();
  if (type === 0) {
    side.messageLeft = size;
    return;
  }
  if (type === SESSION_REQUEST) stream.senderAsks();
  else stream.senderAnswers();
  side.after = size;
}

/** One request or answer: the whole message, or one of those that SMB 2 puts together in one. */
function readUnit(stream: Stream, state: SmbState, side: SmbSide): void {
  const { bytes, start } = stream;
  side.after = side.messageLeft;
  const end = Math.min(stream.end, start + side.messageLeft);
  const magic = bytes[start];
  if (magic === ENCRYPTED) side.isSealed = true;
  if (magic === SMB1) readSmb1(stream, state, side, end);
  else if (magic === SMB2) readSmb2(stream, state, side, end);
  side.messageLeft -= side.after;
  side.after -= side.dataLeft + (stream.start - start);
}
