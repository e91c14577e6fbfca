const LOOKED_AT = 64;
/** One byte, and one in so many of those before it, may be what text has not: a letter of another encoding, a control. */
const ONE_IN = 8;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;

/** Whether bytes that nobody recognised are text, by the first of them: ASCII or UTF-8 (RFC 3629), no zeros. Of others it takes a few to tell. */
export function couldBeText(bytes: Buffer, start: number, end: number): boolean {
  const stop = Math.min(end, start + LOOKED_AT);
  let odd = 0;
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at];
    if ((byte >= 0x20 && byte < 0x7f) || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB) continue;
    if (byte === 0) return false;
    const more = continuations(byte);
    if (more > 0 && continues(bytes, at + 1, Math.min(end, at + 1 + more))) at += more;
    else {
      odd += 1;
      if (odd * ONE_IN > at - start + ONE_IN) return false;
    }
  }
  return stop > start;
}

/** Bytes that follow the first one of a letter in UTF-8; 0: it is no such. */
function continuations(byte: number): number {
  return byte >= 0xc2 && byte < 0xe0 ? 1 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : 0;
}

function continues(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] & 0xc0) !== 0x80) return false;
  return true;
}
