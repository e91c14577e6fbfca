import { mapped, type Sliced } from "../../lib/slices.ts";
import type { Claim } from "../../model/location.ts";
import type { Party } from "../../model/site.ts";
import { type PrefixEntry, prefixTableSliced } from "./prefix-table.ts";

export interface Contracts {
  /** Number of the party whose contract covers the address and names countries, counted from 1; 0 for none. */
  find(w0: number, w1: number, w2: number, w3: number): number;
  claim(number: number): Claim;
  count: number;
}

/** What contracts say of where parties' own networks are: a promise, kept beside what is observed. */
export function* contractTable(parties: readonly Party[]): Sliced<Contracts> {
  const bound = parties.filter(({ countries, networks }) => countries.length > 0 && networks.length > 0);
  const table = yield* prefixTableSliced(networksOf(bound));
  const claims = yield* mapped(
    bound,
    ({ name, title, countries }): Claim => ({ kind: "contract", source: "contract", countries, note: `${title} (${name})` }),
  );
  return {
    count: bound.length,
    find: (w0, w1, w2, w3) => (bound.length === 0 ? 0 : table.find(w0, w1, w2, w3)),
    claim: (number) => claims[number - 1],
  };
}

/** The networks of parties, each with the number of its party, counted from 1; one at a time, because there may be very many. */
export function* networksOf(parties: readonly Party[]): Generator<PrefixEntry> {
  for (const [n, { networks }] of parties.entries()) for (const prefix of networks) yield { prefix, value: n + 1 };
}
