import { domainToASCII } from "node:url";
import { atOnce, mapped, type Sliced } from "../lib/slices.ts";

const DOT = 46;
/** A suffix as it is compared already, as nearly all are written. */
const PLAIN = /^(?=.{1,253}$)[a-z0-9_-][a-z0-9_.-]*[a-z0-9_-]$/;
const SLOT_INTS = 4;
const HASH = 0;
const START = 1;
const VALUE = 2;
const SEED_LOW = 0x811c9dc5 | 0;
const SEED_HIGH = 0x01000193;

/** Suffixes taken between two rests. */
const STRIDE = 2048;

export interface SuffixEntry {
  suffix: string;
  value: number;
}

/**
 * Domain suffix → value, for up to millions of suffixes: an open-addressing table of hashes over one buffer of the
 * suffixes' bytes, 16 bytes a slot. A hit is compared byte by byte, so that no crafted name can pass for another. A look-up
 * walks the name once from its end: about 1 ns a character, no allocation.
 */
export class NameSuffixes {
  private readonly mask: number;
  /** Hash, start in `text` and value of each slot, side by side. */
  private readonly slots: Int32Array;
  private readonly text: Buffer;

  private constructor(count: number, bytes: number) {
    let slots = 16;
    while (slots < count * 2) slots *= 2;
    this.mask = slots - 1;
    this.slots = new Int32Array(slots * SLOT_INTS);
    this.text = Buffer.alloc(bytes);
  }

  /** Values are above 0. Of equal suffixes the first one counts. Case and international names are normalised. */
  static of(suffixes: readonly SuffixEntry[]): NameSuffixes {
    return atOnce(NameSuffixes.ofSliced(suffixes));
  }

  static *ofSliced(suffixes: readonly SuffixEntry[]): Sliced<NameSuffixes> {
    const names = yield* mapped(suffixes, ({ suffix }) => normalised(suffix), STRIDE);
    const made = new NameSuffixes(
      suffixes.length,
      names.reduce((bytes, name) => bytes + name.length + 1, 0),
    );
    let at = 0;
    for (const [n, name] of names.entries()) {
      if (n % STRIDE === STRIDE - 1) yield;
      if (name !== "") at = made.insert(name, suffixes[n].value, at);
    }
    return made;
  }

  /** Value of the longest suffix of whole labels; 0 when there is none. `name` without root dot, any case. */
  find(name: string): number {
    let best = 0;
    let low = SEED_LOW;
    let high = SEED_HIGH;
    for (let at = name.length - 1; at >= 0; at -= 1) {
      const code = lower(name.charCodeAt(at));
      if (code === DOT) {
        const value = this.probe(low, high, name, at + 1);
        if (value > 0) best = value;
      }
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x2c1b3c6d) ^ (high >>> 15);
    }
    const whole = name === "" ? 0 : this.probe(low, high, name, 0);
    return whole > 0 ? whole : best;
  }

  private insert(name: string, value: number, at: number): number {
    const { low, high } = hashOf(name);
    if (this.probe(low, high, name, 0) > 0) return at;
    const slots = this.slots;
    let slot = slotOf(low, high) & this.mask;
    while (slots[slot * SLOT_INTS + VALUE] !== 0) slot = (slot + 1) & this.mask;
    slots[slot * SLOT_INTS + HASH] = high;
    slots[slot * SLOT_INTS + START] = at;
    slots[slot * SLOT_INTS + VALUE] = value;
    this.text[at] = name.length;
    this.text.write(name, at + 1, "latin1");
    return at + 1 + name.length;
  }

  private probe(low: number, high: number, name: string, from: number): number {
    const slots = this.slots;
    let slot = slotOf(low, high) & this.mask;
    for (;;) {
      const value = slots[slot * SLOT_INTS + VALUE];
      if (value === 0) return 0;
      if (slots[slot * SLOT_INTS + HASH] === high && this.isSame(slots[slot * SLOT_INTS + START], name, from)) return value;
      slot = (slot + 1) & this.mask;
    }
  }

  private isSame(start: number, name: string, from: number): boolean {
    if (this.text[start] !== name.length - from) return false;
    for (let at = from; at < name.length; at += 1) if (this.text[start + 1 + at - from] !== lower(name.charCodeAt(at))) return false;
    return true;
  }
}

/** A suffix as it is compared: lower case A-labels, no dots or stars around it; "" when it is no name (over 253 bytes, RFC 1035). */
function normalised(suffix: string): string {
  if (PLAIN.test(suffix)) return suffix;
  const bare = suffix
    .trim()
    .replace(/^\*?\.+/, "")
    .replace(/\.+$/, "");
  const ascii = /^[\x21-\x7e]*$/.test(bare) ? bare.toLowerCase() : domainToASCII(bare);
  return ascii.length > 253 ? "" : ascii;
}

function hashOf(name: string): { low: number; high: number } {
  let low = SEED_LOW;
  let high = SEED_HIGH;
  for (let at = name.length - 1; at >= 0; at -= 1) {
    const code = lower(name.charCodeAt(at));
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x2c1b3c6d) ^ (high >>> 15);
  }
  return { low, high };
}

function slotOf(low: number, high: number): number {
  const mixed = Math.imul(low ^ (low >>> 16) ^ high, 0x297a2d39);
  return mixed ^ (mixed >>> 15);
}

function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
