import type { Claim } from "../../model/location.ts";
import { prefixTable } from "./prefix-table.ts";
import type { RangeTable } from "./range-table.ts";

/** The operator's own word on a network: it outranks every other source until its last day. */
export interface Override {
  network: string;
  countries: readonly string[];
  /** Who says so. */
  author: string;
  reason: string;
  /** Last day, YYYY-MM-DD, inclusive, UTC; undefined: it has none. */
  until?: string | undefined;
}

export interface Overrides {
  /** Number of the override that holds now, counted from 1; 0 for none. The most specific one decides. */
  find(w0: number, w1: number, w2: number, w3: number): number;
  claim(number: number): Claim;
  count: number;
  /** Turns to packet time. True when other overrides hold than before: what was found before is to be asked again. */
  turnTo(micros: number): boolean;
}

const DAY_MICROS = 86_400e6;

/** Overrides by packet time: the same capture gets the same answers, whenever it is read. */
export function createOverrides(overrides: readonly Override[]): Overrides {
  const ends = overrides.map(({ until }) =>
    until === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${until}T00:00:00Z`) * 1000 + DAY_MICROS,
  );
  const times = [...new Set(ends.filter(Number.isFinite))].sort((a, b) => a - b);
  const claims = overrides.map(({ countries, author, reason, until }): Claim => {
    const last = until === undefined ? "" : `, until ${until}`;
    return { kind: "override", source: "override", countries, note: `${author}: ${reason}${last}` };
  });
  const tables = new Map<number, RangeTable>();
  let table = tableAt(Number.NEGATIVE_INFINITY);
  let from = Number.NEGATIVE_INFINITY;
  let end = times[0] ?? Number.POSITIVE_INFINITY;

  function tableAt(micros: number): RangeTable {
    const period = times.filter((time) => time <= micros).length;
    const known = tables.get(period);
    if (known) return known;
    const made = prefixTable(overrides.flatMap(({ network }, n) => (micros < ends[n] ? [{ prefix: network, value: n + 1 }] : [])));
    tables.set(period, made);
    return made;
  }

  return {
    count: overrides.length,
    claim: (number) => claims[number - 1],
    find: (w0, w1, w2, w3) => (overrides.length === 0 ? 0 : table.find(w0, w1, w2, w3)),
    turnTo(micros) {
      if (micros >= from && micros < end) return false;
      if (Number.isNaN(micros)) return false;
      const before = table;
      table = tableAt(micros);
      from = times.findLast((time) => time <= micros) ?? Number.NEGATIVE_INFINITY;
      end = times.find((time) => time > micros) ?? Number.POSITIVE_INFINITY;
      return table !== before;
    },
  };
}
