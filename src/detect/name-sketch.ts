/** Domains watched at once; the one longest without a new name is forgotten when full. */
const DOMAINS_KEPT = 4096;
/** Names remembered per domain: more than any sensible threshold. */
const NAMES_KEPT = 4096;
const NAMES_IN_ALL = 262_144;

interface Row {
  /** Hash of a sub-name → when it came first. */
  names: Map<number, number>;
  /** Sum of the entropies of all names that were ever counted, and how many. */
  entropySum: number;
  counted: number;
}

/** How many distinct sub-names were asked for under a domain lately, and how random they look. Names are kept as hashes only. */
export class NameSketch {
  forgotten = 0;
  private readonly rows = new Map<string, Row>();
  private size = 0;

  /** Counts a name below `domain`. */
  add(domain: string, name: string, atMicros: number, windowMicros: number): void {
    let row = this.rows.get(domain);
    if (row === undefined) {
      if (this.rows.size >= DOMAINS_KEPT) this.forgetOldest();
      row = { names: new Map(), entropySum: 0, counted: 0 };
      this.rows.set(domain, row);
    }
    const hash = hashOf(name);
    const before = row.names.get(hash);
    // The first time counts: a flow tells its names with each of its events.
    if (before !== undefined && atMicros - before <= windowMicros) return;
    if (before === undefined) {
      if (row.names.size >= NAMES_KEPT) this.purge(row, atMicros - windowMicros);
      if (row.names.size >= NAMES_KEPT) return;
      if (this.size >= NAMES_IN_ALL) this.forgetOldest();
      this.size += 1;
      this.rows.delete(domain);
      this.rows.set(domain, row);
    } else row.names.delete(hash);
    row.names.set(hash, atMicros);
    row.entropySum += entropyOf(longestLabel(name, domain));
    row.counted += 1;
  }

  /** Distinct names within the window, worked out only where the domain may have reached `enough`. */
  uniqueOf(domain: string, atMicros: number, windowMicros: number, enough: number): number {
    const row = this.rows.get(domain);
    if (row === undefined) return 0;
    if (row.names.size > enough) this.purge(row, atMicros - windowMicros);
    return row.names.size;
  }

  /** Mean bits per character of the longest label below the domain. */
  entropyOf(domain: string): number {
    const row = this.rows.get(domain);
    return row === undefined || row.counted === 0 ? 0 : row.entropySum / row.counted;
  }

  private purge(row: Row, beforeMicros: number): void {
    // In order of their first time, but for hostile clocks: the first that is young enough ends the walk.
    for (const [hash, atMicros] of row.names) {
      if (atMicros >= beforeMicros) break;
      row.names.delete(hash);
      this.size -= 1;
    }
    if (row.names.size === 0) {
      row.entropySum = 0;
      row.counted = 0;
    }
  }

  private forgetOldest(): void {
    for (const [domain, row] of this.rows) {
      this.size -= row.names.size;
      this.rows.delete(domain);
      break;
    }
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

/** Shannon entropy, bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
