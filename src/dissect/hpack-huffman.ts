/** Lengths of the codes of the 256 octets and of the end mark (RFC 7541 appendix B), in bits; the code is canonical, so they say all. */
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10,
  12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7,
  7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22,
  23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22,
  23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20,
  24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const LONGEST_CODE = 30;
const SHORTEST_CODE = 5;
const END = 256;
/** Bits of the end mark's beginning that may fill the last octet (§5.2). */
const MOST_FILL_BITS = 7;

/** By length of code: the first code, how many there are, and where their symbols begin in SYMBOLS. */
const FIRST = new Float64Array(LONGEST_CODE + 1);
const COUNT = new Int32Array(LONGEST_CODE + 1);
const INDEX = new Int32Array(LONGEST_CODE + 1);
const SYMBOLS = new Int16Array(CODE_BITS.length);
for (let bits = 1, code = 0, index = 0; bits <= LONGEST_CODE; bits += 1) {
  code *= 2;
  FIRST[bits] = code;
  INDEX[bits] = index;
  for (const [symbol, length] of CODE_BITS.entries()) {
    if (length !== bits) continue;
    SYMBOLS[index] = symbol;
    index += 1;
    code += 1;
  }
  COUNT[bits] = index - INDEX[bits];
}

/**
 * Undoes the Huffman code of bytes[start, end) into `target`, as much as there is room. Returns the length of the whole text,
 * in octets; -1 when it is none (§5.2).
 */
export function readHuffman(bytes: Buffer, start: number, end: number, target: Buffer): number {
  let length = 0;
  let code = 0;
  let bits = 0;
  for (let at = start; at < end; at += 1) {
    for (let shift = 7; shift >= 0; shift -= 1) {
      code = code * 2 + ((bytes[at] >>> shift) & 1);
      bits += 1;
      if (bits < SHORTEST_CODE) continue;
      const place = code - FIRST[bits];
      if (place >= COUNT[bits]) {
        if (bits === LONGEST_CODE) return -1;
        continue;
      }
      const symbol = SYMBOLS[INDEX[bits] + place];
      if (symbol === END) return -1;
      if (length < target.length) target[length] = symbol;
      length += 1;
      code = 0;
      bits = 0;
    }
  }
  // What is left over must be ones.
  return bits > MOST_FILL_BITS || code !== 2 ** bits - 1 ? -1 : length;
}
