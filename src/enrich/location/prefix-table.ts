import { type AddressWords, compareAddresses, parsePrefix } from "../../lib/ip.ts";
import { atOnce, type Sliced } from "../../lib/slices.ts";
import { after, isMapped, RangeArraysBuilder, RangeTable } from "./range-table.ts";
import { V4Runs } from "./v4-runs.ts";

/** A prefix and its value (above 0). Where prefixes overlap the lower `order` decides, then the longer prefix, then the first given. */
export interface PrefixEntry {
  prefix: string;
  value: number;
  order?: number;
}

interface Parsed {
  first: AddressWords;
  last: AddressWords;
  value: number;
  order: number;
  bits: number;
  given: number;
}

/**
 * A table of prefixes, with overlaps resolved once, here. Prefixes are nested or apart, never crossed, so one pass with a
 * stack of the open ones does it. Throws when a text is no prefix: configuration and our own data are checked before.
 */
export function prefixTable(entries: Iterable<PrefixEntry>): RangeTable {
  return atOnce(prefixTableSliced(entries));
}

/** Entries taken between two rests. */
const STRIDE = 4096;

/** The same, for registers of a hundred thousand networks. */
export function* prefixTableSliced(entries: Iterable<PrefixEntry>): Sliced<RangeTable> {
  const v4 = new V4Runs();
  const v6: Parsed[] = [];
  let given = 0;
  for (const { prefix, value, order = 0 } of entries) {
    given += 1;
    if (given % STRIDE === 0) yield;
    // Registers have a hundred thousand of these, and a reload holds the judge up: no object for each.
    if (v4.take(prefix, value, order)) continue;
    const range = parsePrefix(prefix);
    if (!range) throw new Error(`no prefix: ${prefix}`);
    const { first, last, length: bits } = range;
    // IPv4 lies inside ::/0 as words go, but not as people mean it.
    if (isMapped(first) && isMapped(last)) v4.add(first[3], bits - 96, value, order);
    else v6.push({ first, last, value, order, bits, given });
  }
  const builder = new RangeArraysBuilder();
  addDisjoint(
    builder,
    v6.sort((a, b) => compareAddresses(a.first, b.first) || a.bits - b.bits || (beats(a, b) ? 1 : -1)),
  );
  const { v6Starts, v6Values } = builder.build();
  const { starts, values } = yield* v4.done();
  yield;
  return new RangeTable({ v4Starts: starts, v4Values: values, v6Starts, v6Values });
}

function addDisjoint(builder: RangeArraysBuilder, sorted: readonly Parsed[]): void {
  const open: { entry: Parsed; best: Parsed }[] = [];
  let from: AddressWords | undefined;

  const emit = (last: AddressWords) => {
    if (from && open.length > 0) builder.add(from, last, open[open.length - 1].best.value);
  };
  /** Ends the open prefixes that end before `until`. */
  const close = (until: Readonly<AddressWords> | undefined) => {
    while (open.length > 0) {
      const { entry } = open[open.length - 1];
      if (until && compareAddresses(entry.last, until) >= 0) return;
      if (from && compareAddresses(from, entry.last) <= 0) {
        emit(entry.last);
        from = after(entry.last);
      }
      open.pop();
    }
  };

  for (const entry of sorted) {
    close(entry.first);
    const outer = open[open.length - 1];
    if (outer && from && compareAddresses(from, entry.first) < 0) emit(before(entry.first));
    open.push({ entry, best: outer && !beats(entry, outer.best) ? outer.best : entry });
    from = entry.first;
  }
  close(undefined);
}

function beats(a: Parsed, b: Parsed): boolean {
  if (a.order !== b.order) return a.order < b.order;
  return a.bits !== b.bits ? a.bits > b.bits : a.given < b.given;
}

function before(address: Readonly<AddressWords>): AddressWords {
  const previous = [...address] as AddressWords;
  for (let n = 3; n >= 0; n -= 1) {
    previous[n] = (previous[n] - 1) | 0;
    if (previous[n] !== -1) break;
  }
  return previous;
}
