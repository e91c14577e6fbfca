/**
 * AES-128 of single blocks (FIPS 197), for QUIC's header protection (RFC 9001 §5.4.3): one block a packet, for which a cipher of
 * node:crypto costs more than all the arithmetic. Keys are what anybody can compute: nothing secret depends on timing.
 */
const box = new Uint8Array(256);
/** S-box and column mixing of the first row; the other rows are turns of it. */
const mixed = new Int32Array(256);
const ROUND_CONSTANTS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36];
export const SCHEDULE_WORDS = 44;

/** Times x in GF(2^8). */
const twice = (value: number) => ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 255;

// §5.1.1: the inverse by powers of the generator 3, then the affine map.
for (let n = 0, power = 1, inverse = 1; n < 255; n += 1) {
  const turned = inverse | (inverse << 8);
  box[power] = (inverse ^ (turned >>> 7) ^ (turned >>> 6) ^ (turned >>> 5) ^ (turned >>> 4) ^ 0x63) & 255;
  power ^= twice(power);
  // Divided by 3: times 0xf6.
  inverse ^= inverse << 1;
  inverse ^= inverse << 2;
  inverse ^= inverse << 4;
  inverse &= 255;
  if (inverse & 0x80) inverse ^= 0x09;
}
box[0] = 0x63;
for (let n = 0; n < 256; n += 1) {
  const double = twice(box[n]);
  mixed[n] = (double << 24) | (box[n] << 16) | (box[n] << 8) | (double ^ box[n]);
}

/** The round keys of a key of 16 bytes (§5.2). */
export function aesSchedule(key: Uint8Array): Int32Array {
  const schedule = new Int32Array(SCHEDULE_WORDS);
  for (let n = 0; n < 4; n += 1) schedule[n] = word(key, n * 4);
  for (let n = 4; n < SCHEDULE_WORDS; n += 1) {
    let value = schedule[n - 1];
    if ((n & 3) === 0) value = subWord((value << 8) | (value >>> 24)) ^ (ROUND_CONSTANTS[n / 4 - 1] << 24);
    schedule[n] = schedule[n - 4] ^ value;
  }
  return schedule;
}

/** Encrypts bytes[at, at + 16) into `out` (§5.1). */
export function aesBlock(schedule: Int32Array, bytes: Uint8Array, at: number, out: Uint8Array): void {
  let a = word(bytes, at) ^ schedule[0];
  let b = word(bytes, at + 4) ^ schedule[1];
  let c = word(bytes, at + 8) ^ schedule[2];
  let d = word(bytes, at + 12) ^ schedule[3];
  for (let n = 4; n < 40; n += 4) {
    const e = column(a, b, c, d) ^ schedule[n];
    const f = column(b, c, d, a) ^ schedule[n + 1];
    const g = column(c, d, a, b) ^ schedule[n + 2];
    d = column(d, a, b, c) ^ schedule[n + 3];
    a = e;
    b = f;
    c = g;
  }
  put(out, 0, lastColumn(a, b, c, d) ^ schedule[40]);
  put(out, 4, lastColumn(b, c, d, a) ^ schedule[41]);
  put(out, 8, lastColumn(c, d, a, b) ^ schedule[42]);
  put(out, 12, lastColumn(d, a, b, c) ^ schedule[43]);
}

function column(a: number, b: number, c: number, d: number): number {
  const second = mixed[(b >>> 16) & 255];
  const third = mixed[(c >>> 8) & 255];
  const fourth = mixed[d & 255];
  return mixed[a >>> 24] ^ ((second >>> 8) | (second << 24)) ^ ((third >>> 16) | (third << 16)) ^ ((fourth >>> 24) | (fourth << 8));
}

function lastColumn(a: number, b: number, c: number, d: number): number {
  return (box[a >>> 24] << 24) | (box[(b >>> 16) & 255] << 16) | (box[(c >>> 8) & 255] << 8) | box[d & 255];
}

function subWord(value: number): number {
  return lastColumn(value, value, value, value);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function put(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}
