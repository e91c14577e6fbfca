import type { ClaimKind, Location, LocationVerdict, Place } from "../../model/location.ts";
import type { JurisdictionList } from "../../model/site.ts";

/** Below this a place is indeterminate, whatever it names. */
export const LEAST_CONFIDENCE = 50;

/** What an inside verdict is worth at most when one database alone says so of a network that is at home elsewhere. */
export const LONELY_CONFIDENCE = 75;
const DATABASES: ReadonlySet<ClaimKind> = new Set(["country-database", "city-database"]);

/** Holds places against lists. Interned: the same place and list give the same object. */
export interface Locator {
  /** Throws when there is no such list: configuration names only lists that exist. */
  locate(place: Place, list: string): Location;
}

export function createLocator(lists: readonly JurisdictionList[]): Locator {
  const known = new Map(
    lists.map((list) => [list.name, { countries: new Set(list.countries), locations: [] as (Location | undefined)[] }]),
  );
  return {
    locate(place, list) {
      const held = known.get(list);
      if (!held) throw new Error(`no jurisdiction list named ${list}`);
      let location = held.locations[place.index];
      if (location?.place !== place) {
        const verdict = verdictOf(place, held.countries);
        const confidence = confidenceOf(place, verdict, held.countries);
        const { unbounded } = place;
        location = {
          place,
          verdict,
          list,
          ...(confidence === undefined ? {} : { confidence }),
          ...(unbounded === undefined ? {} : { unboundedVerdict: verdictOf(unbounded, held.countries) }),
        };
        // Filled from the front: an array with holes would become a slow one.
        while (held.locations.length <= place.index) held.locations.push(undefined);
        held.locations[place.index] = location;
      }
      return location;
    },
  };
}

/**
 * Of the verdict, where it is not that of the place. Sources that dispute the country and all name one off the list agree in
 * what matters: it is outside. Inside a list a dispute keeps its lower confidence.
 */
function confidenceOf(place: Place, verdict: LocationVerdict, countries: ReadonlySet<string>): number | undefined {
  if (verdict === "inside-list") return isLonely(place, countries) ? Math.min(place.confidence, LONELY_CONFIDENCE) : undefined;
  return verdict === "outside-list" ? place.agreedConfidence : undefined;
}

/**
 * Inside by the word of one database alone, while the network that announces the address is at home off the list: databases
 * made from registrations put all of a worldwide cloud's networks where its European branch is registered (docs/location.md).
 */
function isLonely(place: Place, countries: ReadonlySet<string>): boolean {
  const speaking = place.claims.filter(({ kind = "country-database", countries: named }) => named.length > 0 && DATABASES.has(kind));
  const home = place.claims.find(({ kind }) => kind === "as-home");
  const isDecidedByOne = speaking.length === 1 && !place.claims.some(({ kind }) => kind === "cloud-region" || kind === "override");
  return isDecidedByOne && home !== undefined && !home.countries.some((code) => countries.has(code));
}

/**
 * - contradicted: the speed of light rules out all that is claimed, or sources of equal rank differ in what matters (some
 *   countries on the list and some not)
 * - indeterminate: special-purpose space, no country, or confidence below 50
 * - inside-list: every country is on the list; outside-list: none is
 */
export function verdictOf(place: Place, countries: ReadonlySet<string>): LocationVerdict {
  if (place.special !== undefined || place.countries.length === 0) return "indeterminate";
  const { disproved } = place;
  if (disproved !== undefined && place.countries.every((code) => disproved.includes(code))) return "contradicted";
  if (place.confidence < LEAST_CONFIDENCE) return "indeterminate";
  const inside = place.countries.filter((code) => countries.has(code)).length;
  if (inside > 0 && inside < place.countries.length) return "contradicted";
  return inside > 0 ? "inside-list" : "outside-list";
}
