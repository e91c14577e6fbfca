const words = new Int32Array(80);

/**
 * SHA-1 (FIPS 180-4 §6.1) of at most 55 bytes: one block, no objects, faster than a call into node:crypto. For
 * fingerprints that a specification wants so, never for security. `message` needs 64 bytes; those after `length` are
 * overwritten. `out` takes 20 bytes.
 */
export function sha1Block(message: Uint8Array, length: number, out: Uint8Array): void {
  if (length > 55) throw new Error(`sha1Block: ${length} bytes are more than one block`);
  message[length] = 0x80;
  for (let at = length + 1; at < 64; at += 1) message[at] = 0;
  message[62] = (length * 8) >>> 8;
  message[63] = length * 8;
  for (let t = 0, at = 0; t < 16; t += 1, at += 4)
    words[t] = (message[at] << 24) | (message[at + 1] << 16) | (message[at + 2] << 8) | message[at + 3];
  for (let t = 16; t < 80; t += 1) {
    const w = words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16];
    words[t] = (w << 1) | (w >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  let next = 0;
  // Four loops rather than one with a choice in it: twice as fast.
  for (let t = 0; t < 20; t += 1) {
    next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + words[t] + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[t] + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + words[t] + 0x8f1bbcdc) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[t] + 0xca62c1d6) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  put(out, 0, (a + 0x67452301) | 0);
  put(out, 4, (b + 0xefcdab89) | 0);
  put(out, 8, (c + 0x98badcfe) | 0);
  put(out, 12, (d + 0x10325476) | 0);
  put(out, 16, (e + 0xc3d2e1f0) | 0);
}

function put(out: Uint8Array, at: number, word: number): void {
  out[at] = word >>> 24;
  out[at + 1] = word >>> 16;
  out[at + 2] = word >>> 8;
  out[at + 3] = word;
}
