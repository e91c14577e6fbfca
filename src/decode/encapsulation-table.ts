import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { Encapsulations } from "../model/encapsulation.ts";
import { TUNNEL_TYPES, type TunnelFacts, type TunnelType } from "../model/facts.ts";
import { LOSS_INDEX } from "../model/loss.ts";
import type { Losses } from "../obs/losses.ts";
import { WordTable } from "./word-table.ts";

/** Paths kept at a time. */
export const ENCAPSULATION_LIMIT = 65_536;
/** Tunnel headers and VLAN tags of one packet that are followed. */
export const MOST_LAYERS = 16;
/** IP headers around a tunnel of which the addresses are kept. */
const MOST_CARRIERS = 8;
export const LAYER_WORDS = 2;
export const CARRIER_WORDS = 9;
const FULL = LOSS_INDEX.encapsulation_limit;

/** First word of a layer: the type, and whether the second word is an id. */
export const VLAN_LAYER = 0xff;
export const HAS_ID = 0x100;
/** The id is a session of 32 bits, not a tunnel and a session of 16 each. */
export const IS_WHOLE_SESSION = 0x200;
const TYPE_BITS = 0xff;

/** Number of a tunnel type in a layer. */
export const TYPE_INDEX = Object.fromEntries(TUNNEL_TYPES.map((type, index) => [type, index])) as Record<TunnelType, number>;
const L2TP = TYPE_INDEX.l2tp;

/** The stack of the frame at hand, as decoders put it together. */
export class Stack {
  /** LAYER_WORDS words a layer. */
  readonly layers = new Int32Array(MOST_LAYERS * LAYER_WORDS);
  layerCount = 0;
  /** CARRIER_WORDS words an IP header: the layer it carries, source, destination (IPv4 as ::ffff:a.b.c.d). */
  readonly carriers = new Int32Array(MOST_CARRIERS * CARRIER_WORDS);
  carrierCount = 0;
}

/**
 * Stacks of encapsulations by number. When all numbers are held by flows, a new stack gets none: its packets are taken
 * for packets without further encapsulation, and are counted.
 */
export class EncapsulationTable implements Encapsulations {
  private readonly shapes: WordTable;
  private readonly paths: WordTable;
  private readonly losses: Losses;
  private readonly words = new Int32Array(1 + MOST_CARRIERS * CARRIER_WORDS);
  private round = 0;

  constructor(losses: Losses, limit = ENCAPSULATION_LIMIT) {
    this.losses = losses;
    // Every path holds a shape: with twice as many places there always are shapes that none holds.
    this.shapes = new WordTable(limit * 2, MOST_LAYERS * LAYER_WORDS);
    this.paths = new WordTable(limit, 1 + MOST_CARRIERS * CARRIER_WORDS, (path) => this.shapes.letGo(this.paths.word(path, 0)));
  }

  /** Numbers given from here on stay until the next round even when nobody holds them. */
  nextRound(): void {
    this.round += 1;
  }

  /** The path of a stack, or 0 when there is no room for it. */
  pathOf(stack: Stack): number {
    const { shapes, paths, words, round } = this;
    const shape = shapes.find(stack.layers, stack.layerCount * LAYER_WORDS, round);
    if (shape === 0) return this.none();
    shapes.admit(shape);
    words[0] = shape;
    const carrierWords = stack.carrierCount * CARRIER_WORDS;
    for (let n = 0; n < carrierWords; n += 1) words[n + 1] = stack.carriers[n];
    const path = paths.find(words, carrierWords + 1, round);
    if (path === 0) return this.none();
    if (paths.isNew(path)) {
      paths.admit(path);
      shapes.hold(shape);
    }
    return path;
  }

  shapeOf(path: number): number {
    return path === 0 ? 0 : this.paths.word(path, 0);
  }

  retain(path: number): void {
    if (path !== 0) this.paths.hold(path);
  }

  release(path: number): void {
    if (path !== 0) this.paths.letGo(path);
  }

  tunnelsOf(path: number): TunnelFacts[] {
    const tunnels: TunnelFacts[] = [];
    const shape = this.shapeOf(path);
    const layers = shape === 0 ? 0 : this.shapes.length(shape) / LAYER_WORDS;
    for (let layer = 0; layer < layers; layer += 1) {
      const first = this.shapes.word(shape, layer * LAYER_WORDS);
      const type = first & TYPE_BITS;
      if (type === VLAN_LAYER) continue;
      const id = this.shapes.word(shape, layer * LAYER_WORDS + 1) >>> 0;
      const tunnel: TunnelFacts = { type: TUNNEL_TYPES[type] };
      // Of an L2TP tunnel and session of version 2 (RFC 2661 §3.1) both set flows apart; people know the session.
      if ((first & HAS_ID) !== 0) tunnel.id = String(type === L2TP && (first & IS_WHOLE_SESSION) === 0 ? id & 0xffff : id);
      const at = this.carrierOf(path, layer);
      if (at > 0) {
        tunnel.source = { ip: this.addressAt(path, at) };
        tunnel.destination = { ip: this.addressAt(path, at + 4) };
      }
      tunnels.push(tunnel);
    }
    return tunnels;
  }

  vlanIdsOf(path: number): number[] {
    const ids: number[] = [];
    const shape = this.shapeOf(path);
    const words = shape === 0 ? 0 : this.shapes.length(shape);
    for (let n = 0; n < words; n += LAYER_WORDS) {
      if ((this.shapes.word(shape, n) & TYPE_BITS) === VLAN_LAYER) ids.push(this.shapes.word(shape, n + 1));
    }
    return ids;
  }

  /** Word of a path at which the addresses around this layer begin, or 0. */
  private carrierOf(path: number, layer: number): number {
    for (let at = 1; at < this.paths.length(path); at += CARRIER_WORDS) if (this.paths.word(path, at) === layer) return at + 1;
    return 0;
  }

  private addressAt(path: number, at: number): string {
    const { paths } = this;
    return formatAddress(paths.word(path, at), paths.word(path, at + 1), paths.word(path, at + 2), paths.word(path, at + 3));
  }

  private none(): number {
    this.losses.counts[FULL] += 1;
    return 0;
  }
}

export const CARRIER_V4 = V4_MAPPED;
