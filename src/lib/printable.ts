/** Controls, and what is not seen but changes how the rest is: bidirectional overrides, zero-width characters, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Text from the wire, made printable: controls, DEL, unseen format characters and bytes that are no UTF-8 become `\xNN`. At most `maxBytes` are read. */
export function printable(bytes: Buffer, start = 0, end = bytes.length, maxBytes = 1024): string {
  const stop = Math.min(end, start + maxBytes);
  let isPlain = true;
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at];
    if (byte < 0x20 || byte > 0x7e) {
      isPlain = false;
      break;
    }
  }
  if (isPlain) return bytes.toString("latin1", start, stop);
  let out = "";
  for (let at = start; at < stop; ) {
    const byte = bytes[at];
    const length =
      byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
    const text = length > 1 && at + length <= stop ? bytes.toString("utf8", at, at + length) : "";
    if (length === 1 && byte >= 0x20 && byte !== 0x7f) {
      out += String.fromCharCode(byte);
      at += 1;
    } else if (length > 1 && text !== "" && !text.includes("\ufffd") && !UNSEEN.test(text)) {
      out += text;
      at += length;
    } else {
      out += `\\x${byte.toString(16).padStart(2, "0")}`;
      at += 1;
    }
  }
  return out;
}
