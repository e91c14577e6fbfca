import { Oldest } from "../lib/oldest.ts";

/** Domains watched at once; the one longest without a new name is forgotten when full. */
const DOMAINS_KEPT = 4096;
/** Names remembered per domain: more than any sensible threshold. */
const NAMES_KEPT = 4096;
const NAMES_IN_ALL = 262_144;

/** When a name came first within the window that it counts in, and the bits per character of its longest label. */
interface Sighted {
  atMicros: number;
  bits: number;
}

interface Row {
  /** By the hash of the sub-name. */
  names: Map<number, Sighted>;
  /** Of the names that stand there: names of yesterday say nothing of how today's look. */
  entropySum: number;
}

/** How many distinct sub-names were asked for under a domain lately, and how random they look. Names are kept as hashes only. */
export class NameSketch {
  forgotten = 0;
  private readonly rows = new Map<string, Row>();
  private readonly oldest = new Oldest(this.rows);
  /** The domain that stands last: it need not be put there again. */
  private newest: string | undefined;
  private size = 0;

  /** Counts a name below `domain`. */
  add(domain: string, name: string, atMicros: number, windowMicros: number): void {
    let row = this.rows.get(domain);
    if (row === undefined) {
      if (this.rows.size >= DOMAINS_KEPT) this.forgetOldest();
      row = { names: new Map(), entropySum: 0 };
      this.rows.set(domain, row);
      this.newest = domain;
    }
    const hash = hashOf(name);
    const before = row.names.get(hash);
    // The first time counts: a flow tells its names with each of its events.
    if (before !== undefined && atMicros - before.atMicros <= windowMicros) return;
    if (before === undefined) {
      if (row.names.size >= NAMES_KEPT) this.purge(row, atMicros - windowMicros);
      if (row.names.size >= NAMES_KEPT) return;
      if (domain !== this.newest) {
        this.rows.delete(domain);
        this.rows.set(domain, row);
        this.newest = domain;
      }
      // Only now that this domain stands last: it is not the one to go.
      if (this.size >= NAMES_IN_ALL) this.forgetOldest();
      this.size += 1;
    } else this.drop(row, hash, before);
    const bits = before?.bits ?? entropyOf(longestLabel(name, domain));
    row.names.set(hash, { atMicros, bits });
    row.entropySum += bits;
  }

  /** Distinct names within the window, worked out only where the domain may have reached `enough`. */
  uniqueOf(domain: string, atMicros: number, windowMicros: number, enough: number): number {
    const row = this.rows.get(domain);
    if (row === undefined) return 0;
    if (row.names.size > enough) this.purge(row, atMicros - windowMicros);
    return row.names.size;
  }

  /** Mean bits per character of the longest label below the domain, over the distinct names within the window. */
  entropyOf(domain: string, atMicros: number, windowMicros: number): number {
    const row = this.rows.get(domain);
    if (row === undefined) return 0;
    this.purge(row, atMicros - windowMicros);
    return row.names.size === 0 ? 0 : row.entropySum / row.names.size;
  }

  private purge(row: Row, beforeMicros: number): void {
    // In order of their first time, but for hostile clocks: the first that is young enough ends the walk.
    for (const [hash, sighted] of row.names) {
      if (sighted.atMicros >= beforeMicros) break;
      this.drop(row, hash, sighted);
      this.size -= 1;
    }
  }

  private drop(row: Row, hash: number, { bits }: Sighted): void {
    row.names.delete(hash);
    // What rounding leaves behind ends with the last name.
    row.entropySum = row.names.size === 0 ? 0 : row.entropySum - bits;
  }

  private forgetOldest(): void {
    this.oldest.take((domain) => {
      this.size -= this.rows.get(domain)?.names.size ?? 0;
    });
    this.forgotten += 1;
  }
}

/** FNV-1a, 32 bits: two names in one hash make one name fewer, which does no harm. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function longestLabel(name: string, domain: string): string {
  const below = name.slice(0, Math.max(0, name.length - domain.length - 1));
  let longest = "";
  for (const label of below.split(".")) if (label.length > longest.length) longest = label;
  return longest;
}

/** By the low byte of each code unit: names are ASCII (RFC 1035 §2.3.1), and what is not is random enough. */
const counts = new Uint32Array(256);

/** Shannon entropy, bits per character. */
export function entropyOf(text: string): number {
  const { length } = text;
  for (let at = 0; at < length; at += 1) counts[text.charCodeAt(at) & 255] += 1;
  let bits = 0;
  for (let at = 0; at < length; at += 1) {
    const share = counts[text.charCodeAt(at) & 255] / length;
    if (share === 0) continue;
    bits -= share * Math.log2(share);
    counts[text.charCodeAt(at) & 255] = 0;
  }
  return bits;
}
