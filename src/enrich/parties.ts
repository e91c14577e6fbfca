import type { PartyBy } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";
import { prefixTable } from "./location/prefix-table.ts";
import { NameSuffixes } from "./name-suffixes.ts";

/** A registered party and how it was recognised. Interned. */
export interface PartyMatch {
  readonly party: Party;
  readonly by: PartyBy;
}

/** Names whose suffix is remembered; beyond them all are looked up anew. */
const MOST_NAMES = 65_536;

export interface Parties {
  /**
   * Who is at the outside end: by name (longest suffix), else by the most specific network, else by AS number. Where two
   * parties claim the same name, network or AS, the one listed first has it. A name is what the flow says of itself and
   * can be a lie: where the flow goes is judged by its address all the same.
   */
  find(name: string | undefined, w0: number, w1: number, w2: number, w3: number, asn: number | undefined): PartyMatch | undefined;
}

export function createParties(parties: readonly Party[]): Parties {
  const matches = (by: PartyBy): PartyMatch[] => parties.map((party) => ({ party, by }));
  const byName = matches("name");
  const byPrefix = matches("prefix");
  const byAsn = new Map<number, PartyMatch>();
  for (const match of matches("asn")) for (const asn of match.party.asns) if (!byAsn.has(asn)) byAsn.set(asn, match);
  const domains = parties.flatMap((party, n) => party.domains.map((suffix) => ({ suffix, value: n + 1 })));
  const suffixes = domains.length > 0 ? new NameSuffixes(domains) : undefined;
  const networks = parties.flatMap((party, n) => party.networks.map((prefix) => ({ prefix, value: n + 1 })));
  const table = networks.length > 0 ? prefixTable(networks) : undefined;

  const known = new Map<string, number>();
  function remember(name: string, value: number): number {
    if (known.size >= MOST_NAMES) known.clear();
    known.set(name, value);
    return value;
  }

  return {
    find(name, w0, w1, w2, w3, asn) {
      if (name !== undefined && suffixes !== undefined) {
        const value = known.get(name) ?? remember(name, suffixes.find(name));
        if (value > 0) return byName[value - 1];
      }
      if (table !== undefined) {
        const value = table.find(w0, w1, w2, w3);
        if (value > 0) return byPrefix[value - 1];
      }
      return asn === undefined || byAsn.size === 0 ? undefined : byAsn.get(asn);
    },
  };
}
