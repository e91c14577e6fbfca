import { printable } from "../lib/printable.ts";

const ENCODED = /^[a-p]{32}/;

/**
 * Undoes the first-level encoding of a NetBIOS name (RFC 1001 §14.1): two letters a byte, 16 bytes of which the last is the
 * kind of name. Lower case, without the kind and the filling. A name that is not encoded stays as it is.
 */
export function netbiosName(encoded: string): string {
  if (!ENCODED.test(encoded)) return encoded;
  const bytes = Buffer.alloc(15);
  for (let n = 0; n < 15; n += 1) bytes[n] = ((encoded.charCodeAt(n * 2) - 0x61) << 4) | (encoded.charCodeAt(n * 2 + 1) - 0x61);
  let end = 15;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  return printable(bytes, 0, end).toLowerCase() + encoded.slice(32);
}
