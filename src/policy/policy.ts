import type { JudgedFlow, Judgement } from "../model/judgement.ts";
import type { Location, Place } from "../model/location.ts";
import type { Party, Site, Zone } from "../model/site.ts";
import { boundaries, ready } from "./authorisations.ts";
import { decide } from "./decide.ts";

/** Direct-mapped; a newer decision takes the older one's slot. */
const CACHE_SLOTS = 32_768;
/** Distinct judgements kept for interning; more than any real policy makes. */
const MOST_JUDGEMENTS = 100_000;
const MOST_ZONES = 4096;

export interface Ruling {
  location: Location;
  judgement: Judgement;
}

export interface Policy {
  /** Revision of the configuration that these rules are of. */
  readonly revision: string;
  /**
   * What policy says of a transfer at packet time. Location and judgement are interned; the object that holds them is
   * reused: read it at once. About 30 ns for what was asked before.
   */
  judge(zone: Zone, party: Party | undefined, place: Place, atMicros: number): Ruling;
  /** The same for an enriched flow: sets `location` and `judgement`. Internal and transit flows included. */
  judgeFlow(judged: JudgedFlow): void;
  /** Decisions worked out, rather than found in the cache. */
  decisions(): number;
}

const INTERNAL: Judgement = {
  word: "ignored",
  rule: "internal",
  because: "both ends are inside: nothing leaves the site",
  wouldAllow: undefined,
};
/** Not ignored: it may mean that a network of the site is missing from `inside`. */
const TRANSIT: Judgement = {
  word: "undecided",
  rule: "transit",
  because: "neither end is in the site's own networks",
  wouldAllow: "its network listed under inside, if one of the ends is the site's",
};

function stranger(party: Party): never {
  throw new Error(`party ${party.name} is not of this site`);
}

/**
 * The jurisdiction lists and authorisations of a site. `locate` holds a place against a list, by name. Time is packet time:
 * the same flows get the same judgements, whenever they are judged.
 */
export function createPolicy(options: { site: Site; revision: string; locate: (place: Place, list: string) => Location }): Policy {
  const { site, revision, locate } = options;
  const authorisations = site.authorisations.map(ready);
  const times = boundaries(authorisations);
  const zoneIndexes = new Map<Zone, number>();
  const partyIndexes = new Map<Party, number>(site.parties.map((party, n) => [party, n + 1]));
  const partyRange = site.parties.length + 1;
  const judgements = new Map<string, Judgement>();
  const keys = new Float64Array(CACHE_SLOTS).fill(-1);
  const locations: (Location | undefined)[] = new Array(CACHE_SLOTS).fill(undefined);
  const decided: (Judgement | undefined)[] = new Array(CACHE_SLOTS).fill(undefined);
  const ruling = {} as Ruling;
  let period = 0;
  let periodFrom = Number.POSITIVE_INFINITY;
  let periodEnd = Number.NEGATIVE_INFINITY;
  let decisionCount = 0;
  let lastZone: Zone | undefined;
  let lastZoneIndex = 0;

  /** Index of the time between two boundaries; decisions hold within it. */
  function periodOf(atMicros: number): number {
    if (atMicros >= periodFrom && atMicros < periodEnd) return period;
    let at = 0;
    while (at < times.length && times[at] <= atMicros) at += 1;
    period = at;
    periodFrom = at === 0 ? Number.NEGATIVE_INFINITY : times[at - 1];
    periodEnd = at === times.length ? Number.POSITIVE_INFINITY : times[at];
    return period;
  }

  function zoneIndex(zone: Zone): number {
    if (zone === lastZone) return lastZoneIndex;
    let index = zoneIndexes.get(zone);
    if (index === undefined) {
      index = zoneIndexes.size;
      if (index === MOST_ZONES) throw new Error(`more than ${MOST_ZONES} zones`);
      zoneIndexes.set(zone, index);
    }
    lastZone = zone;
    lastZoneIndex = index;
    return index;
  }

  function intern(judgement: Judgement): Judgement {
    const key = `${judgement.word}\n${judgement.rule}\n${judgement.because}\n${judgement.wouldAllow ?? ""}`;
    const known = judgements.get(key);
    if (known) return known;
    if (judgements.size >= MOST_JUDGEMENTS) judgements.clear();
    judgements.set(key, judgement);
    return judgement;
  }

  function judge(zone: Zone, party: Party | undefined, place: Place, atMicros: number): Ruling {
    const partyIndex = party === undefined ? 0 : (partyIndexes.get(party) ?? stranger(party));
    const key = (periodOf(atMicros) * MOST_ZONES + zoneIndex(zone)) * partyRange + partyIndex;
    const slot = (Math.imul(key, 0x2c1b3c6d) ^ Math.imul(place.index + 1, 0x297a2d39)) & (CACHE_SLOTS - 1);
    const location = locations[slot];
    if (keys[slot] === key && location !== undefined && location.place === place) {
      ruling.location = location;
      ruling.judgement = decided[slot] as Judgement;
      return ruling;
    }
    decisionCount += 1;
    ruling.location = locate(place, zone.jurisdiction);
    ruling.judgement = intern(decide(zone, party, ruling.location, authorisations, atMicros));
    keys[slot] = key;
    locations[slot] = ruling.location;
    decided[slot] = ruling.judgement;
    return ruling;
  }

  return {
    revision,
    judge,
    judgeFlow(judged) {
      if (judged.direction === "internal") {
        judged.location = undefined;
        judged.judgement = INTERNAL;
      } else if (judged.place === undefined || judged.zone === undefined) {
        judged.location = judged.place && locate(judged.place, site.jurisdiction);
        judged.judgement = TRANSIT;
      } else {
        const { location, judgement } = judge(judged.zone, judged.party, judged.place, judged.flow.endMicros);
        judged.location = location;
        judged.judgement = judgement;
      }
    },
    decisions: () => decisionCount,
  };
}
