import type { Authorisation, Party, Zone } from "../model/site.ts";
import { isOpen } from "./hours.ts";

export const DAY_MICROS = 86_400e6;
/** Their adequacy is partial: a place there is never authorised without a named party (GDPR 45; geo-db/jurisdictions.yaml). */
const NEVER_BY_COUNTRY_ALONE: ReadonlySet<string> = new Set(["US", "CA"]);

/** How an authorisation stands at a time: it holds, is not there yet, is over, or it is the wrong hour for it. */
export type Standing = "valid" | "early" | "over" | "wrong-hour";

/** An authorisation made ready: validity as packet times. */
export interface ReadyAuthorisation {
  authorisation: Authorisation;
  /** Place in the configuration's list, which is the order they are asked in. */
  index: number;
  /** First microsecond of the day `from`. */
  fromMicros: number;
  /** First microsecond after the day `until`. */
  endMicros: number;
  zones: ReadonlySet<string>;
  parties: ReadonlySet<string>;
  countries: ReadonlySet<string>;
}

export function ready(authorisation: Authorisation, index: number): ReadyAuthorisation {
  const { from, until, zones, parties, countries } = authorisation;
  return {
    authorisation,
    index,
    fromMicros: from === undefined ? Number.NEGATIVE_INFINITY : startOfDay(from),
    endMicros: until === undefined ? Number.POSITIVE_INFINITY : startOfDay(until) + DAY_MICROS,
    zones: new Set(zones),
    parties: new Set(parties),
    countries: new Set(countries),
  };
}

/** Party → the authorisations that may be about it, in order: those that name it and those that name nobody. */
export function createApplicable(all: readonly ReadyAuthorisation[]): (party: Party | undefined) => readonly ReadyAuthorisation[] {
  const forAll = all.filter(({ parties }) => parties.size === 0);
  const byParty = new Map<string, ReadyAuthorisation[]>();
  for (const entry of all) {
    for (const name of entry.parties) {
      const held = byParty.get(name);
      if (held === undefined) byParty.set(name, [entry]);
      else held.push(entry);
    }
  }
  return (party) => {
    const own = party === undefined ? undefined : byParty.get(party.name);
    if (own === undefined) return forAll;
    // Put together when asked: decisions are few, and keeping it for each party could take parties × authorisations.
    return forAll.length === 0 ? own : [...own, ...forAll].sort((a, b) => a.index - b.index);
  };
}

/** First microsecond of a day (YYYY-MM-DD, UTC). */
export function startOfDay(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new Error(`no day: ${day}`);
  return ms * 1000;
}

/** `minuteOfWeek`: of the site's own clock. */
export function standingOf({ authorisation, fromMicros, endMicros }: ReadyAuthorisation, atMicros: number, minuteOfWeek: number): Standing {
  if (atMicros < fromMicros) return "early";
  if (atMicros >= endMicros) return "over";
  const { hours } = authorisation;
  return hours === undefined || isOpen(hours, minuteOfWeek) ? "valid" : "wrong-hour";
}

/** Who is at the outside end, and by whose word. */
export interface Who {
  party: Party | undefined;
  /** Its own network or AS number speaks for it, not only what the other end says of itself. */
  isProven: boolean;
}

/**
 * Whether the authorisation, its time aside, is about this transfer: `yes`, `no`, or `unproven`, when it would be if it were
 * certain who is there.
 * - Zones and parties: named ones only, or all when none is named; "all parties" does not mean "any country of the world",
 *   so it needs countries, and US and CA do not count among them.
 * - Data classes: when it names some, every class of the zone must be one of them. Which of its classes a flow carries
 *   cannot be seen, so an authorisation for imaging is none for a zone that holds imaging and genomic data.
 * - Countries: when it names some, every country the place may be in must be one of them, and the place must be certain
 *   (`where` empty: not certain).
 * - One that names a party and no countries trusts the contract wherever the party's own networks answer; in the US and CA
 *   with an end only (country × organisation × validity). Whoever merely says that it is the party (a server name, a
 *   certificate, an AE title: anybody can) is believed within the contracted countries: outside of them it is not covered,
 *   and where the contract names none, or the place is not certain, it is unproven.
 */
export function covers(about: ReadyAuthorisation, zone: Zone, who: Who, where: readonly string[]): "yes" | "no" | "unproven" {
  const { zones, parties, countries } = about;
  const { data, until } = about.authorisation;
  const { party, isProven } = who;
  if (zones.size > 0 && !zones.has(zone.name)) return "no";
  const isForAll = parties.size === 0;
  if (!isForAll && (party === undefined || !parties.has(party.name))) return "no";
  if (data !== undefined && data.length > 0 && !zone.data.every((dataClass) => data.includes(dataClass))) return "no";
  if (countries.size > 0) {
    const isThere = where.length > 0 && where.every((code) => countries.has(code) && !(isForAll && NEVER_BY_COUNTRY_ALONE.has(code)));
    return isThere ? "yes" : "no";
  }
  if (isForAll || party === undefined) return "no";
  if (until === undefined && where.some((code) => NEVER_BY_COUNTRY_ALONE.has(code))) return "no";
  if (isProven) return "yes";
  if (where.length === 0 || party.countries.length === 0) return "unproven";
  return where.every((code) => party.countries.includes(code)) ? "yes" : "no";
}
