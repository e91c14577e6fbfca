import type { Claim, Place } from "../../model/location.ts";
import type { CloudRegions } from "./cloud-regions.ts";
import { fuse } from "./fuse.ts";
import { prefixTable } from "./prefix-table.ts";
import { KM_PER_RTT_MS, type Reach } from "./reach.ts";
import { RttTable } from "./rtt-table.ts";

const RTT_SLOTS = 65_536;

/** Holds claims against the time that answers took. */
export interface SpeedOfLight {
  /**
   * The place as far as it can be where the address is: `rttMicros` is a clean handshake's round-trip time from the tap to the
   * address (NaN: none was measured; an earlier one may be known), of the connection that began at `startMicros`, told of at
   * `nowMicros`. The same object where nothing is disproved or in doubt.
   */
  bounded(place: Place, w0: number, w1: number, w2: number, w3: number, rttMicros: number, startMicros: number, nowMicros: number): Place;
}

export interface SpeedOfLightOptions {
  reach: Reach;
  regions: CloudRegions | undefined;
  /** Networks whose handshakes are answered by something nearer: SYN proxies, transparent caches, accelerators. */
  answeredNearby: readonly string[];
  /** One place for each key; undefined when the table of places is full. */
  intern(key: string, make: () => Omit<Place, "index">): Place | undefined;
}

/**
 * The bound: an answer after r ms comes from at most r × 100 km away. It only disproves. Measured times are rounded up to whole
 * milliseconds and distances down (reach.ts), so that both errors fall on the side of the claim. Special-purpose and anycast
 * addresses have no place to disprove. To disprove takes two connections that were answered so soon within a day; one alone
 * raises a doubt, because something nearer may have answered it (a SYN proxy that is on for a minute).
 */
export function createSpeedOfLight({ reach, regions, answeredNearby, intern }: SpeedOfLightOptions): SpeedOfLight {
  const table = new RttTable(RTT_SLOTS);
  const nearby = prefixTable(answeredNearby.map((prefix) => ({ prefix, value: 1 })));
  /** By place: the distance of the farthest claim, beyond which nothing needs a look. */
  const farthest: number[] = [];

  function claimKm(place: Place, claim: Claim): number {
    if (claim.countries.length === 0) return 0;
    if (claim.kind === "cloud-region" && place.cloud) {
      const at = regions?.find(place.cloud.provider, place.cloud.region)?.at;
      if (at) return reach.regionKm(at);
    }
    // A country without an outline may be anywhere.
    return Math.min(...claim.countries.map((code) => reach.nearestKm(code) ?? 0));
  }

  function farthestOf(place: Place): number {
    while (farthest.length <= place.index) farthest.push(-1);
    if (farthest[place.index] < 0) {
      const isSomewhere = place.special === undefined && place.anycast === undefined;
      farthest[place.index] = isSomewhere ? Math.max(0, ...place.claims.map((claim) => claimKm(place, claim))) : 0;
    }
    return farthest[place.index];
  }

  /** Claims that are farther away than so many milliseconds allow, with their distance, and that in words. */
  function tooFarFor(place: Place, ms: number): { tooFar: ReadonlyMap<Claim, number>; words: string } {
    const mostKm = ms * KM_PER_RTT_MS;
    const tooFar = new Map(place.claims.map((claim) => [claim, claimKm(place, claim)] as const).filter(([, km]) => km > mostKm));
    const each = [...tooFar].map(
      ([{ countries, source }, km]) => `${countries.join(", ")} (${source}) is at least ${Math.floor(km)} km away`,
    );
    return { tooFar, words: `within ${ms} ms, so at most ${mostKm} km from the site: ${[...new Set(each)].join("; ")}` };
  }

  function disproved(place: Place, ms: number): Omit<Place, "index"> {
    const { tooFar, words } = tooFarFor(place, ms);
    const { index: _, ...same } = place;
    return {
      ...same,
      isDisputed: undefined,
      agreedConfidence: undefined,
      ...fuse(place.claims, (claim) => tooFar.has(claim)),
      claims: [...place.claims, { kind: "rtt-bound", source: "speed-of-light", countries: [], note: `answered ${words}` }],
      unbounded: place,
    };
  }

  function doubted(place: Place, ms: number): Omit<Place, "index"> {
    const { tooFar, words } = tooFarFor(place, ms);
    const note = `answered, by one connection alone, ${words}`;
    const { index: _, ...same } = place;
    return {
      ...same,
      doubted: [...new Set([...tooFar.keys()].flatMap(({ countries }) => countries))].sort(),
      claims: [...place.claims, { kind: "rtt-bound", source: "speed-of-light", countries: [], note }],
    };
  }

  /** Whole milliseconds, rounded up, where they rule a claim out; else 0. */
  function tellingMs(place: Place, micros: number): number {
    if (!((micros / 1000) * KM_PER_RTT_MS < farthestOf(place))) return 0;
    const ms = Math.ceil(micros / 1000);
    return ms * KM_PER_RTT_MS < farthestOf(place) ? ms : 0;
  }

  return {
    bounded(place, w0, w1, w2, w3, rttMicros, startMicros, nowMicros) {
      table.take(w0, w1, w2, w3, rttMicros, startMicros, nowMicros);
      const leastMs = tellingMs(place, table.least);
      if (leastMs === 0 || nearby.find(w0, w1, w2, w3) > 0) return place;
      const ms = tellingMs(place, table.second);
      return ms > 0
        ? (intern(`within ${ms} ${place.index}`, () => disproved(place, ms)) ?? place)
        : (intern(`once within ${leastMs} ${place.index}`, () => doubted(place, leastMs)) ?? place);
    },
  };
}
