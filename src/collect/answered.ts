import type { ExportedFlow } from "./exported-flow.ts";

/** Records remembered; a power of two. A newer one takes the place of an older one of the same hash. */
const PLACES = 1 << 16;
const WORDS = 2;
/** How long before this one the record of the other direction may have ended: longer than exporters' active timeouts. */
const WINDOW_MICROS = 1800e6;

/**
 * Remembers which 5-tuples were reported, so that a record can be told that the way back was reported too. Only hashes are
 * kept, keyed, so that nobody can choose what collides.
 */
export class Answered {
  private readonly hashes = new Int32Array(PLACES * WORDS);
  private readonly micros = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  private readonly key = new Int32Array(2);

  /** `random` fills words with random bits. */
  constructor(random: (words: Int32Array) => void) {
    random(this.key);
  }

  /** Notes the record; true when one of the opposite direction came not long before. */
  note(flow: ExportedFlow): boolean {
    const at = flow.endMicros;
    const isAnswered = this.find(flow, at);
    const h1 = this.hash(flow, this.key[0], false);
    const place = (h1 >>> 1) & (PLACES - 1);
    this.hashes[place * WORDS] = h1;
    this.hashes[place * WORDS + 1] = this.hash(flow, this.key[1], false);
    this.micros[place] = at;
    return isAnswered;
  }

  private find(flow: ExportedFlow, at: number): boolean {
    const h1 = this.hash(flow, this.key[0], true);
    const place = (h1 >>> 1) & (PLACES - 1);
    return (
      this.hashes[place * WORDS] === h1 &&
      Math.abs(at - this.micros[place]) <= WINDOW_MICROS &&
      this.hashes[place * WORDS + 1] === this.hash(flow, this.key[1], true)
    );
  }

  private hash({ source, destination, sourcePort, destinationPort, transport }: ExportedFlow, key: number, isReversed: boolean): number {
    const from = isReversed ? destination : source;
    const to = isReversed ? source : destination;
    const ports = isReversed ? (destinationPort << 16) | (sourcePort & 0xffff) : (sourcePort << 16) | (destinationPort & 0xffff);
    let h = mix(key, transport);
    for (let n = 0; n < 4; n += 1) h = mix(mix(h, from[n]), to[n]);
    return mix(h, ports);
  }
}

/** One round of MurmurHash3 (32 bits). */
function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = h ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
