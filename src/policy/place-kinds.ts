import type { Place } from "../model/location.ts";

/** Numbers places by all that a judgement hangs on: there are a few hundred kinds, however many places there are. */
export interface PlaceKinds {
  of(place: Place): number;
}

export function createKinds(): PlaceKinds {
  const byText = new Map<string, number>();
  const seen: (Place | undefined)[] = [];
  let kinds = new Int32Array(1024);

  function learn(place: Place): number {
    const { special, countries, confidence, claims } = place;
    const text = JSON.stringify([special, countries, confidence, claims.map((claim) => claim.countries)]);
    const kind = byText.get(text) ?? byText.size;
    byText.set(text, kind);
    // Filled from the front: an array with holes would become a slow one.
    while (seen.length <= place.index) seen.push(undefined);
    if (kinds.length <= place.index) {
      const more = new Int32Array(2 ** Math.ceil(Math.log2(place.index + 1)));
      more.set(kinds);
      kinds = more;
    }
    seen[place.index] = place;
    kinds[place.index] = kind;
    return kind;
  }

  return { of: (place) => (seen[place.index] === place ? kinds[place.index] : learn(place)) };
}
