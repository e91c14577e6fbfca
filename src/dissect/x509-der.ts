/**
 * The value that `readDer` read last (X.690 §8.1, DER): content is bytes[start, end). One object serves all. `isWhole` is
 * false when its own length goes beyond the bytes that are here; `end` never does.
 */
export const der = { tag: 0, start: 0, end: 0, isWhole: false };

/** Reads tag and length at `at`; false when they are not all there or in a form that certificates do not use. */
export function readDer(bytes: Buffer, at: number, end: number): boolean {
  if (at + 2 > end) return false;
  const tag = bytes[at];
  // Tags above 30 take more bytes; nothing in a certificate has one (RFC 5280 appendix A).
  if ((tag & 0x1f) === 0x1f) return false;
  let length = bytes[at + 1];
  let start = at + 2;
  if (length >= 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 3 || start + size > end) return false;
    length = 0;
    for (let n = 0; n < size; n += 1) length = (length << 8) | bytes[start + n];
    start += size;
  }
  der.tag = tag;
  der.start = start;
  der.isWhole = start + length <= end;
  der.end = der.isWhole ? start + length : end;
  return true;
}

/** The same, and true only for this tag. */
export function readTagged(bytes: Buffer, at: number, end: number, tag: number): boolean {
  return readDer(bytes, at, end) && der.tag === tag;
}

/** Dotted text of an object identifier's content (X.690 §8.19); at most 128 bytes are read. */
export function oidText(bytes: Buffer, start: number, end: number): string {
  const parts: number[] = [];
  let value = 0;
  for (let at = start; at < Math.min(end, start + 128); at += 1) {
    value = value * 128 + (bytes[at] & 0x7f);
    if (bytes[at] & 0x80) continue;
    if (parts.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      parts.push(first, value - first * 40);
    } else parts.push(value);
    value = 0;
  }
  return parts.join(".");
}
