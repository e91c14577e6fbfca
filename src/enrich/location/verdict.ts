import type { Location, LocationVerdict, Place } from "../../model/location.ts";
import type { JurisdictionList } from "../../model/site.ts";

/** Below this a place is indeterminate, whatever it names. */
export const LEAST_CONFIDENCE = 50;

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
        location = { place, verdict: verdictOf(place, held.countries), list };
        // Filled from the front: an array with holes would become a slow one.
        while (held.locations.length <= place.index) held.locations.push(undefined);
        held.locations[place.index] = location;
      }
      return location;
    },
  };
}

/**
 * - indeterminate: special-purpose space, no country, or confidence below 50
 * - contradicted: the claims differ in what matters, some countries on the list and some not
 * - inside-list: every country is on the list; outside-list: none is
 */
export function verdictOf(place: Place, countries: ReadonlySet<string>): LocationVerdict {
  if (place.special !== undefined || place.countries.length === 0 || place.confidence < LEAST_CONFIDENCE) return "indeterminate";
  let inside = 0;
  let outside = 0;
  for (const claim of [place, ...place.claims]) {
    for (const country of claim.countries) {
      if (countries.has(country)) inside += 1;
      else outside += 1;
    }
  }
  if (inside > 0 && outside > 0) return "contradicted";
  return inside > 0 ? "inside-list" : "outside-list";
}
