import { FRAGMENT } from "../model/row.ts";
import { SlotIndex } from "./slot-index.ts";

/** Datagrams in fragments that are followed at a time. */
export const FRAGMENT_LIMIT = 4096;
/** How long a later fragment may come after the first one of its datagram, or before it. */
export const FRAGMENT_MICROS = 30e6;
const WORDS = FRAGMENT.words;
/** Words that tell datagrams apart: addresses, identification and transport; and the word with the tunnels' shape. VLAN tags outside of tunnels are not among them. */
const KEY_WORDS = FRAGMENT.tags;
const SHAPE_WORD = FRAGMENT.space;

/**
 * Datagrams seen in fragments, by addresses, transport, identification and tunnels: which flow the later fragments belong to,
 * or, until the first one comes, how many they are and how long. Only counts are held, no payload. Oldest first out.
 */
export class FragmentTable {
  /** FRAGMENT.words words an entry. */
  readonly words = new Int32Array((FRAGMENT_LIMIT + 1) * WORDS);
  /** MAC addresses as far as they are known: two words of the sender, two of the receiver. */
  readonly macs = new Int32Array((FRAGMENT_LIMIT + 1) * 4);
  /** The flow and its id; slot 0 while the first fragment is awaited. */
  readonly slot = new Int32Array(FRAGMENT_LIMIT + 1);
  readonly flowId = new Float64Array(FRAGMENT_LIMIT + 1);
  readonly side = new Uint8Array(FRAGMENT_LIMIT + 1);
  readonly heldPackets = new Float64Array(FRAGMENT_LIMIT + 1);
  readonly heldBytes = new Float64Array(FRAGMENT_LIMIT + 1);
  readonly firstMicros = new Float64Array(FRAGMENT_LIMIT + 1);
  readonly lastMicros = new Float64Array(FRAGMENT_LIMIT + 1);
  private readonly isLive = new Uint8Array(FRAGMENT_LIMIT + 1);
  private readonly hashes = new Int32Array(FRAGMENT_LIMIT + 1);
  private readonly index = new SlotIndex(FRAGMENT_LIMIT * 2);
  /** Entries are a ring in order of arrival, numbered from 1. */
  private head = 0;
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get isFull(): boolean {
    return this.count === FRAGMENT_LIMIT;
  }

  /** First word of an entry. */
  at(entry: number): number {
    return entry * WORDS;
  }

  /** The entry of the datagram that `key` names from `at` on, or 0. */
  find(key: Int32Array, at: number, hash: number): number {
    const { pairs, mask } = this.index;
    for (let place = hash & mask; pairs[place * 2 + 1] !== 0; place = (place + 1) & mask) {
      if (pairs[place * 2] === hash && this.isSame(pairs[place * 2 + 1], key, at)) return pairs[place * 2 + 1];
    }
    return 0;
  }

  /** Adds an entry with the words of `key` from `at` on. The table must not be full. */
  add(key: Int32Array, at: number, hash: number, micros: number): number {
    const entry = ((this.head + this.count) % FRAGMENT_LIMIT) + 1;
    this.count += 1;
    for (let n = 0; n < WORDS; n += 1) this.words[entry * WORDS + n] = key[at + n];
    this.hashes[entry] = hash;
    this.isLive[entry] = 1;
    this.slot[entry] = 0;
    this.heldPackets[entry] = 0;
    this.heldBytes[entry] = 0;
    this.firstMicros[entry] = micros;
    this.lastMicros[entry] = micros;
    this.index.insert(hash, entry);
    return entry;
  }

  /** Forgets an entry; its place in the ring is free when it is the oldest. */
  forget(entry: number): void {
    if (this.isLive[entry] === 0) return;
    this.isLive[entry] = 0;
    this.index.remove(this.hashes[entry], entry);
  }

  /** The oldest entry that is still followed, or 0. */
  oldest(): number {
    while (this.count > 0 && this.isLive[this.head + 1] === 0) this.drop();
    return this.count === 0 ? 0 : this.head + 1;
  }

  private drop(): void {
    this.head = (this.head + 1) % FRAGMENT_LIMIT;
    this.count -= 1;
  }

  private isSame(entry: number, key: Int32Array, at: number): boolean {
    const own = entry * WORDS;
    if (this.words[own + SHAPE_WORD] !== key[at + SHAPE_WORD]) return false;
    for (let n = 0; n < KEY_WORDS; n += 1) if (this.words[own + n] !== key[at + n]) return false;
    return true;
  }
}
