/** Changes to payloads that know a little of structure: lengths, repeats, cuts, splices; all from one seeded generator. */

/** A small generator (mulberry32): the same seed gives the same run. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const EDGES = [0, 1, 0x7f, 0x80, 0xc0, 0xff];
const LONG_EDGES = [0, 1, 0x7fff, 0x8000, 0xffff, 0xc00c];
const MOST_BYTES = 20_000;

/** One to four changes to a copy of `bytes`; `other` is what may be spliced in. */
export function mutate(bytes, other, random) {
  let out = Buffer.from(bytes);
  const pick = (n) => Math.floor(random() * n);
  for (let changes = 1 + pick(4); changes > 0; changes -= 1) {
    if (out.length === 0) return Buffer.from([pick(256)]);
    const at = pick(out.length);
    switch (pick(8)) {
      case 0:
        out[at] ^= 1 << pick(8);
        break;
      case 1:
        out[at] = EDGES[pick(EDGES.length)];
        break;
      case 2:
        if (at + 1 < out.length) out.writeUInt16BE(LONG_EDGES[pick(LONG_EDGES.length)], at);
        break;
      case 3:
        // Near a length that is right.
        out[at] = (out[at] + pick(5) - 2) & 255;
        break;
      case 4:
        out = out.subarray(0, at);
        break;
      case 5: {
        const end = Math.min(out.length, at + 1 + pick(40));
        out = Buffer.concat([out.subarray(0, end), out.subarray(at, end), out.subarray(end)]);
        break;
      }
      case 6:
        out = Buffer.concat([out.subarray(0, at), other.subarray(pick(other.length + 1))]);
        break;
      default:
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.min(out.length, at + 1 + pick(8)))]);
    }
  }
  return out.subarray(0, MOST_BYTES);
}

/** One hostile conversation: packets as the reader is given them. */
export function hostile(seeds, random) {
  const pick = (n) => Math.floor(random() * n);
  const seed = seeds[pick(seeds.length)];
  const other = seeds[pick(seeds.length)];
  const packets = [];
  const next = [0, 0];
  for (const [from, original] of seed.packets) {
    const whole = random() < 0.8 ? mutate(original, other.packets[pick(other.packets.length)][1], random) : original;
    const parts = random() < 0.4 ? 1 + pick(5) : 1;
    const size = Math.max(1, Math.ceil(whole.length / parts));
    for (let at = 0; at < whole.length || at === 0; at += size) {
      const bytes = whole.subarray(at, at + size);
      const offset = random() < 0.1 ? pick(4000) - 200 : next[from] + at;
      const missing = random() < 0.1 ? pick(3000) : 0;
      packets.push({ from, bytes, offset, missing });
      if (bytes.length === 0) break;
    }
    next[from] += whole.length;
    if (random() < 0.1) packets.push(packets[pick(packets.length)]);
    if (random() < 0.1) packets.sort(() => random() - 0.5);
  }
  const isOtherPort = random() < 0.2;
  return {
    transport: seed.transport,
    initiatorPort: seed.initiatorPort,
    responderPort: isOtherPort ? pick(65_536) : seed.responderPort,
    packets,
  };
}
