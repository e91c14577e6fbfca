import type { ExportedFlow } from "./exported-flow.ts";

/** Records remembered; a power of two. A newer one takes the place of an older one of the same hash. */
const PLACES = 1 << 16;
const WORDS = 2;
/** How long before this one the record of the other direction may have ended: longer than exporters' active timeouts. */
const WINDOW_MICROS = 1800e6;
const TCP = 6;
const ACK = 16;
const RECORD_PACKETS = 3;

/**
 * Remembers which 5-tuples were reported, so that a record can be told that the way back was reported too. Only hashes are
 * kept, keyed, so that nobody can choose what collides.
 */
export class Answered {
  /** Of the record noted last: one of the opposite direction came not long before. */
  isAnswered = false;
  /** And the exchange counted as one of both sides with that record already. */
  isContinued = false;
  private readonly hashes = new Int32Array(PLACES * WORDS);
  private readonly micros = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  private readonly isCounted = new Uint8Array(PLACES);
  private readonly key = new Int32Array(2);

  /** `random` fills words with random bits. */
  constructor(random: (words: Int32Array) => void) {
    random(this.key);
  }

  /** Notes the record. */
  note(flow: ExportedFlow): void {
    const at = flow.endMicros;
    const before = this.find(flow, at);
    this.isAnswered = before >= 0;
    this.isContinued = before >= 0 && this.isCounted[before] === 1;
    const h1 = this.hash(flow, this.key[0], false);
    const place = (h1 >>> 1) & (PLACES - 1);
    this.hashes[place * WORDS] = h1;
    this.hashes[place * WORDS + 1] = this.hash(flow, this.key[1], false);
    this.micros[place] = at;
    this.isCounted[place] = this.isAnswered || showsBothSides(flow) ? 1 : 0;
  }

  /** Place of the other direction's record, or -1. */
  private find(flow: ExportedFlow, at: number): number {
    const h1 = this.hash(flow, this.key[0], true);
    const place = (h1 >>> 1) & (PLACES - 1);
    const isSame =
      this.hashes[place * WORDS] === h1 &&
      Math.abs(at - this.micros[place]) <= WINDOW_MICROS &&
      this.hashes[place * WORDS + 1] === this.hash(flow, this.key[1], true);
    return isSame ? place : -1;
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

/**
 * Whether the record alone tells of an exchange (DETECTIONS, `established`): it counts both ways, or it is TCP and has three packets
 * (as many as the sampling stands for) with ACK among them.
 */
function showsBothSides({ bytesUp, bytesDown, packetsUp, packetsDown, transport, tcpFlags, samplingRate }: ExportedFlow): boolean {
  if (bytesUp > 0 && bytesDown > 0) return true;
  const packets = ((packetsUp || 0) + (packetsDown || 0)) * (samplingRate || 1);
  return transport === TCP && (tcpFlags & ACK) !== 0 && packets >= RECORD_PACKETS;
}

/** One round of MurmurHash3 (32 bits). */
function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = h ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
