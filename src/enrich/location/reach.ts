import { latitudeOf, longitudeOf, type Outlines } from "./outlines.ts";

/** Light in fibre covers about 200 km a millisecond: after r ms there and back the far end is at most r × 100 km away. */
export const KM_PER_RTT_MS = 100;
/**
 * What is taken off every distance, so that nothing is disproved by a rough map: outlines are generalised, leave out small
 * islands, and the site's own coordinates are rounded.
 */
const SLACK_KM = 60;
/** A region of a cloud is several buildings in and around the city that it is named after. */
const REGION_SLACK_KM = 150;
const EARTH_KM = 6371;

/** How far from the site things are at least, in kilometres. */
export interface Reach {
  /** 0 for the country around the site and its neighbourhood; undefined where there is no outline: nothing can be disproved. */
  nearestKm(country: string): number | undefined;
  /** To a cloud region at these coordinates. */
  regionKm(at: readonly [latitude: number, longitude: number]): number;
}

const known = new WeakMap<Outlines, { latitude: number; longitude: number; reach: Reach }>();

/** Works the distances out; for the same place once (about 20 ms), because a reload must not hold the judge up. */
export function createReach(site: { latitude: number; longitude: number }, outlines: Outlines): Reach {
  const { latitude, longitude } = site;
  const before = known.get(outlines);
  if (before?.latitude === latitude && before.longitude === longitude) return before.reach;
  const reach = reachOf(site, outlines);
  known.set(outlines, { latitude, longitude, reach });
  return reach;
}

function reachOf(site: { latitude: number; longitude: number }, outlines: Outlines): Reach {
  const { countries, rings, points } = outlines;
  const nearest = new Map<string, number>();
  const around = new Set<string>();
  const km = distanceFrom(site.latitude, site.longitude);
  let at = 0;
  for (let ring = 0; ring < rings.length; ring += 2) {
    const country = countries[rings[ring]];
    const end = at + rings[ring + 1];
    let least = nearest.get(country) ?? Number.POSITIVE_INFINITY;
    for (let n = at; n < end; n += 1) least = Math.min(least, km(latitudeOf(points[n]), longitudeOf(points[n])));
    nearest.set(country, least);
    // A ring inside a ring is a hole: each crossing turns the answer round.
    if (isInside(points, at, end, site)) around.has(country) ? around.delete(country) : around.add(country);
    at = end;
  }
  for (const country of around) nearest.set(country, 0);
  return {
    nearestKm(country) {
      const least = nearest.get(country);
      return least === undefined ? undefined : Math.max(0, least - SLACK_KM);
    },
    regionKm: ([latitude, longitude]) => Math.max(0, km(latitude, longitude) - REGION_SLACK_KM),
  };
}

/** Great-circle distance from one place to others (haversine). */
function distanceFrom(latitude: number, longitude: number): (latitude: number, longitude: number) => number {
  const radians = Math.PI / 180;
  const cosine = Math.cos(latitude * radians);
  return (otherLatitude, otherLongitude) => {
    const a = Math.sin(((otherLatitude - latitude) * radians) / 2);
    const b = Math.sin(((otherLongitude - longitude) * radians) / 2);
    return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(a * a + cosine * Math.cos(otherLatitude * radians) * b * b)));
  };
}

/** Even-odd rule on longitude and latitude. */
function isInside(
  points: Int32Array,
  from: number,
  end: number,
  { latitude, longitude }: { latitude: number; longitude: number },
): boolean {
  let isOdd = false;
  for (let n = from, before = end - 1; n < end; before = n, n += 1) {
    const y = latitudeOf(points[n]);
    const beforeY = latitudeOf(points[before]);
    if (y > latitude === beforeY > latitude) continue;
    const x = longitudeOf(points[n]);
    const crossing = x + ((longitudeOf(points[before]) - x) * (latitude - y)) / (beforeY - y);
    if (longitude < crossing) isOdd = !isOdd;
  }
  return isOdd;
}
