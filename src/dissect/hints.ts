import { BoundedMap } from "../lib/bounded-map.ts";
import type { Losses } from "../obs/losses.ts";

/** Announced ends that are remembered at a time; the oldest gives way. */
const MOST_ANNOUNCED = 4096;
/** An announced end is used within so long, or not at all. */
const ANNOUNCED_MICROS = 120e6;
const SIGHTINGS = 4096;
const PORTS = 65_536;

/**
 * Ends of flows that another flow said would come (a port for data, for media). Kept by port and, where it is known, by the
 * pair of addresses between which they will be.
 */
export class Announced {
  private readonly until: BoundedMap<number, number>;

  constructor(losses: Losses) {
    this.until = new BoundedMap(MOST_ANNOUNCED, () => losses.add("dissect_limit"));
  }

  /** `peers`: the pair of addresses as `PayloadSlice.peers` has it; 0: any. */
  expect(peers: number, port: number, nowMicros: number): void {
    if (port === 0) return;
    const key = peers * PORTS + port;
    this.until.delete(key);
    this.until.set(key, nowMicros + ANNOUNCED_MICROS);
  }

  /** True when a flow with one of these ports between `peers` was announced. */
  has(peers: number, portA: number, portB: number, nowMicros: number): boolean {
    if (this.until.size === 0) return false;
    const of = (port: number) => (this.until.get(peers * PORTS + port) ?? 0) >= nowMicros;
    return of(portA) || of(portB);
  }
}

/**
 * What a datagram said that alone would not do: where the form of a protocol is weak, a second datagram must agree with the
 * first. One place for each key; who comes later takes it, and the worst that follows is that a flow stays unrecognised.
 */
export class Sightings {
  private readonly keys = new Int32Array(SIGHTINGS);
  private readonly values = new Float64Array(SIGHTINGS).fill(-1);

  /** Keeps `value`, which is not below 0, for `key`; returns what was kept for it before, or -1. */
  swap(key: number, value: number): number {
    const mixed = Math.imul(key ^ (key >>> 16), 0x45d9f3b);
    const place = (mixed ^ (mixed >>> 15)) & (SIGHTINGS - 1);
    const before = this.keys[place] === key ? this.values[place] : -1;
    this.keys[place] = key;
    this.values[place] = value;
    return before;
  }
}

/** What one flow, or one datagram, tells of others. */
export class FlowHints {
  /** Data connections that FTP asked for (RFC 959 §3.2). */
  readonly data: Announced;
  /** Ports for media that a session description named (RFC 8866 §5.14). */
  readonly media: Announced;
  /** Those of them whose keys stood in the description (RFC 4568 §9.1). */
  readonly sealedMedia: Announced;
  readonly sightings = new Sightings();

  constructor(losses: Losses) {
    this.data = new Announced(losses);
    this.media = new Announced(losses);
    this.sealedMedia = new Announced(losses);
  }
}
