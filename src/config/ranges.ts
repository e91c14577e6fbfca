import { type AddressWords, parsePrefix } from "../lib/ip.ts";

/** A network as 128-bit numbers, both ends inclusive; IPv4 is mapped, so both families share one order. */
export interface Range {
  first: bigint;
  last: bigint;
}

/** undefined when the text is no network. */
export function rangeOf(network: string): Range | undefined {
  const prefix = parsePrefix(network);
  return prefix && { first: toNumber(prefix.first), last: toNumber(prefix.last) };
}

/** Sorted, disjoint, neighbours joined. */
export function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort(byFirst)) {
    const before = merged.at(-1);
    if (!before || range.first > before.last + 1n) merged.push({ ...range });
    else if (range.last > before.last) before.last = range.last;
  }
  return merged;
}

/** `within` as `merge` gives it. */
export function isCovered(range: Range, within: readonly Range[]): boolean {
  return within.some((one) => one.first <= range.first && range.last <= one.last);
}

/** Pairs of entries whose networks overlap, each pair once. Networks nest or are disjoint, so a stack finds all. */
export function overlaps<Entry>(networks: readonly { range: Range; entry: Entry }[], visit: (inner: Entry, outer: Entry) => void): void {
  const open: { range: Range; entry: Entry }[] = [];
  for (const network of [...networks].sort((a, b) => byFirst(a.range, b.range))) {
    while (open.length > 0 && open[open.length - 1].range.last < network.range.first) open.pop();
    for (const outer of open) visit(network.entry, outer.entry);
    open.push(network);
  }
}

function byFirst(a: Range, b: Range): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  // The wider one first, so that it encloses the other.
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

function toNumber(words: AddressWords): bigint {
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
}
