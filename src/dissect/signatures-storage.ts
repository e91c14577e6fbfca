import { ANSWERS, ASKS, hasBytes, type Match, MORE, NO, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const ISCSI = 3260;
/** Basic header segment, RFC 7143 §11.2.1. */
const HEADER_BYTES = 48;
const LOGIN = 0x43;
const LOGIN_ANSWER = 0x23;
const TEXT = 0x04;
const TEXT_IMMEDIATE = 0x44;
const TEXT_ANSWER = 0x24;
/** In the middle of a session: NOP, SCSI command and answer, data both ways, ready to transfer (§11.1.1). */
const NOPS = [0x00, 0x40, 0x20];
const COMMANDS = [0x01, 0x41];
const COMMAND_ANSWER = 0x21;
const DATA_IN = 0x25;
const READY = 0x31;

/** Keys that open a login, an answer to it or a discovery (§13); whichever comes first, at least one of them does. */
const KEYS = /(?:^|\0)(?:InitiatorName|TargetName|SessionType|SendTargets|AuthMethod|TargetPortalGroupTag|TargetAddress|HeaderDigest)=/;
/** Text of a login that is looked at for its keys. */
const TEXT_BYTES = 512;

/** Block storage over TCP. */
export const STORAGE_STREAMS: readonly Signature[] = [
  {
    // RFC 7143 §11.10 to §11.13: versions 0, no additional header, and text of known keys.
    word: "iscsi",
    ports: [ISCSI],
    first: [LOGIN, LOGIN_ANSWER, TEXT, TEXT_IMMEDIATE, TEXT_ANSWER],
    test: iscsiText,
  },
  {
    // On its port a session whose login was not seen: what the standard reserves is zero.
    word: "iscsi",
    isOnlyOnPorts: true,
    ports: [ISCSI],
    first: [...NOPS, ...COMMANDS, COMMAND_ANSWER, DATA_IN, READY],
    test: iscsiMiddle,
  },
];

function iscsiText(s: Stream): Match {
  const { bytes, start, end } = s;
  const known = Math.min(s.length, 5);
  // Reserved, or the two versions; then the length of the additional header.
  for (let n = 2; n < known; n += 1) if (bytes[start + n] !== 0) return NO;
  const opcode = bytes[start];
  const isLogin = opcode === LOGIN || opcode === LOGIN_ANSWER;
  if (known > 1 && (bytes[start + 1] & (isLogin ? 0x30 : 0x3f)) !== 0) return NO;
  if (s.length <= HEADER_BYTES) return MORE;
  if (bytes.readUIntBE(start + 5, 3) === 0) return NO;
  const text = bytes.toString("latin1", start + HEADER_BYTES, Math.min(end, start + HEADER_BYTES + TEXT_BYTES));
  if (!KEYS.test(text)) return text.length < TEXT_BYTES && /^[A-Z][A-Za-z]*(=[ -~]*)?(\0[ -~]*)*$/.test(text) ? MORE : NO;
  return opcode === LOGIN_ANSWER || opcode === TEXT_ANSWER ? ANSWERS : ASKS;
}

function iscsiMiddle(s: Stream): Match {
  if (s.length < HEADER_BYTES) return NO;
  const { bytes, start } = s;
  const opcode = bytes[start];
  const flags = bytes[start + 1];
  if (opcode === COMMAND_ANSWER) return (flags & 0xe1) === 0x80 && bytes[start + 2] <= 1 ? ANSWERS : NO;
  if (!hasBytes(s, 2, 0, 0)) return opcode === DATA_IN && (flags & 0x38) === 0 && bytes[start + 2] === 0 ? ANSWERS : NO;
  if (COMMANDS.includes(opcode)) return (flags & 0x18) === 0 && (flags & 7) <= 4 ? ASKS : NO;
  if (opcode === DATA_IN) return (flags & 0x38) === 0 ? ANSWERS : NO;
  if (!hasBytes(s, 4, 0) || flags !== 0x80) return NO;
  return opcode === READY || opcode === 0x20 ? ANSWERS : YES;
}
