import type { Authorisation, Party, Zone } from "../model/site.ts";

const DAY_MICROS = 86_400e6;
/** Their adequacy is partial: a place there is never authorised without a named party (GDPR 45; geo-db/jurisdictions.yaml). */
const NEVER_BY_COUNTRY_ALONE: ReadonlySet<string> = new Set(["US", "CA"]);

/** An authorisation made ready: validity as packet times. */
export interface ReadyAuthorisation {
  authorisation: Authorisation;
  /** First microsecond of the day `from`. */
  fromMicros: number;
  /** First microsecond after the day `until`. */
  endMicros: number;
}

export function ready(authorisation: Authorisation): ReadyAuthorisation {
  const { from, until } = authorisation;
  return {
    authorisation,
    fromMicros: from === undefined ? Number.NEGATIVE_INFINITY : startOf(from),
    endMicros: until === undefined ? Number.POSITIVE_INFINITY : startOf(until) + DAY_MICROS,
  };
}

function startOf(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new Error(`no day: ${day}`);
  return ms * 1000;
}

/** Microseconds at which some authorisation begins or ends, in order. Between two of them nothing changes. */
export function boundaries(authorisations: readonly ReadyAuthorisation[]): number[] {
  const all = authorisations.flatMap(({ fromMicros, endMicros }) => [fromMicros, endMicros]).filter(Number.isFinite);
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * True when the authorisation, its dates aside, is about this transfer.
 * - Zones and parties: named ones only, or all when none is named; "all parties" does not mean "any country of the world",
 *   so it needs countries, and US and CA do not count among them.
 * - Countries: when it names some, every country the place may be in must be one of them, and the place must be certain
 *   (`countries` empty: not certain). One that names a party and no countries trusts the contract, wherever the party answers.
 */
export function covers(authorisation: Authorisation, zone: Zone, party: Party | undefined, countries: readonly string[]): boolean {
  if (authorisation.zones.length > 0 && !authorisation.zones.includes(zone.name)) return false;
  const isForAll = authorisation.parties.length === 0;
  if (!isForAll && (party === undefined || !authorisation.parties.includes(party.name))) return false;
  if (authorisation.countries.length === 0) return !isForAll;
  if (countries.length === 0) return false;
  return countries.every((code) => authorisation.countries.includes(code) && !(isForAll && NEVER_BY_COUNTRY_ALONE.has(code)));
}
