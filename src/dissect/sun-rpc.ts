import { ANSWERS, ASKS, type Match, NO } from "./family.ts";
import type { Stream } from "./stream.ts";

const CALL = 0;
const REPLY = 1;
const NFS = 100_003;
/** Programs of Sun's range, RFC 5531 appendix C. */
const FIRST_PROGRAM = 100_000;
const LAST_PROGRAM = 101_000;
const MOST_CREDENTIALS = 400;

/** A message of ONC RPC at `offset` (RFC 5531 §9), of NFS or of another program; replies name none: they count on ports 111 and 2049. */
export function sunRpc(s: Stream, offset: number, isNfs: boolean): Match {
  const at = s.start + offset;
  if (at + 24 > s.end) return NO;
  const kind = s.bytes.readUInt32BE(at + 4);
  if (kind === CALL) {
    if (at + 40 > s.end || s.bytes.readUInt32BE(at + 8) !== 2) return NO;
    const program = s.bytes.readUInt32BE(at + 12);
    if (program < FIRST_PROGRAM || program > LAST_PROGRAM || s.bytes.readUInt32BE(at + 16) > 8) return NO;
    return s.bytes.readUInt32BE(at + 28) <= MOST_CREDENTIALS && (program === NFS) === isNfs ? ASKS : NO;
  }
  if (kind !== REPLY || !s.isOnPort(isNfs ? 2049 : 111)) return NO;
  return s.bytes.readUInt32BE(at + 8) <= 1 && s.bytes.readUInt32BE(at + 16) <= MOST_CREDENTIALS ? ANSWERS : NO;
}
