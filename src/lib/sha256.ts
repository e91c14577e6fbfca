/** SHA-256 (FIPS 180-4 §6.2) and HMAC (RFC 2104) of short messages: no objects, and much faster than calls into node:crypto. */
const ROUNDS = 64;
const BLOCK_BYTES = 64;
const LONGEST_MESSAGE = 55;
const constants = new Int32Array(ROUNDS);
const start = new Int32Array(8);
const words = new Int32Array(ROUNDS);
const block = new Uint8Array(BLOCK_BYTES);
const state = new Int32Array(8);

/** First 32 bits of the fraction of square (cube) roots of the first primes (§4.2.2, §5.3.3). */
for (let candidate = 2, found = 0; found < ROUNDS; candidate += 1) {
  let isPrime = true;
  for (let by = 2; by * by <= candidate && isPrime; by += 1) isPrime = candidate % by !== 0;
  if (!isPrime) continue;
  if (found < 8) start[found] = fraction(Math.sqrt(candidate));
  constants[found] = fraction(Math.cbrt(candidate));
  found += 1;
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

/** An HMAC key, prepared: the states after the inner and the outer key block, eight words each. */
export type HmacKey = Int32Array;

/** `key` has at most 64 bytes. `out` takes the prepared key. */
export function prepareHmacKey(key: Uint8Array, out: HmacKey): void {
  if (key.length > BLOCK_BYTES) throw new Error(`prepareHmacKey: ${key.length} bytes are more than one block`);
  for (let half = 0; half < 2; half += 1) {
    block.fill(half === 0 ? 0x36 : 0x5c);
    for (let at = 0; at < key.length; at += 1) block[at] ^= key[at];
    state.set(start);
    compress();
    out.set(state, half * 8);
  }
}

/** HMAC-SHA-256 of at most 55 bytes; `out` takes 32 bytes, and may be the message. */
export function hmacSha256(key: HmacKey, message: Uint8Array, out: Uint8Array): void {
  if (message.length > LONGEST_MESSAGE) throw new Error(`hmacSha256: ${message.length} bytes are more than one block`);
  finish(key, 0, message);
  for (let word = 0; word < 8; word += 1) put(digest, word);
  finish(key, 8, digest);
  for (let word = 0; word < 8; word += 1) put(out, word);
}

const digest = new Uint8Array(32);

/** Hashes a message that follows one block of key. */
function finish(key: HmacKey, from: number, message: Uint8Array): void {
  const { length } = message;
  for (let word = 0; word < 8; word += 1) state[word] = key[from + word];
  for (let at = 0; at < length; at += 1) block[at] = message[at];
  block[length] = 0x80;
  for (let at = length + 1; at < BLOCK_BYTES; at += 1) block[at] = 0;
  const bits = (BLOCK_BYTES + length) * 8;
  block[BLOCK_BYTES - 2] = bits >>> 8;
  block[BLOCK_BYTES - 1] = bits;
  compress();
}

function put(out: Uint8Array, word: number): void {
  const value = state[word];
  const at = word * 4;
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** `block` into `state`. */
function compress(): void {
  for (let t = 0, at = 0; t < 16; t += 1, at += 4)
    words[t] = (block[at] << 24) | (block[at + 1] << 16) | (block[at + 2] << 8) | block[at + 3];
  for (let t = 16; t < ROUNDS; t += 1) {
    const w15 = words[t - 15];
    const w2 = words[t - 2];
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
    words[t] = (words[t - 16] + s0 + words[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < ROUNDS; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + constants[t] + words[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] + a) | 0;
  state[1] = (state[1] + b) | 0;
  state[2] = (state[2] + c) | 0;
  state[3] = (state[3] + d) | 0;
  state[4] = (state[4] + e) | 0;
  state[5] = (state[5] + f) | 0;
  state[6] = (state[6] + g) | 0;
  state[7] = (state[7] + h) | 0;
}
