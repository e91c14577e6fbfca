import { PairMap } from "../lib/pair-map.ts";
import type { JudgedFlow, Judgement } from "../model/judgement.ts";
import type { Location, Place } from "../model/location.ts";
import type { Party, Site, Zone } from "../model/site.ts";
import { createApplicable, ready, type Standing } from "./authorisations.ts";
import { decide } from "./decide.ts";
import { createPeriods } from "./periods.ts";
import { createKinds } from "./place-kinds.ts";

/** Decisions kept, about 100 bytes each; beyond them all are worked out anew. More than any real policy makes. */
const MOST_DECISIONS = 200_000;

export interface Ruling {
  location: Location;
  judgement: Judgement;
}

export interface Policy {
  /** Revision of the configuration that these rules are of. */
  readonly revision: string;
  /**
   * What policy says of a transfer at packet time. Location and judgement are interned; the object that holds them is
   * reused: read it at once. Without a place nobody knows where it is. `isPartyProven`: its own network or AS number speaks
   * for the party, not only what the other end says of itself. About 50 ns for what was asked before.
   */
  judge(zone: Zone, party: Party | undefined, place: Place | undefined, atMicros: number, isPartyProven?: boolean): Ruling;
  /** The same for an enriched flow: sets `location` and `judgement`. Internal and transit flows included. */
  judgeFlow(judged: JudgedFlow): void;
  /** Decisions worked out, rather than found again. */
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

/** Where a proxy was asked to go, when no DNS answer was seen for that name. */
const UNKNOWN: Place = {
  index: -1,
  countries: [],
  confidence: 0,
  claims: [{ source: "dns", countries: [], note: "no answer for the name that the proxy was asked for was seen" }],
  asn: undefined,
  organization: undefined,
  special: undefined,
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
  const about = createApplicable(authorisations);
  const periodOf = createPeriods(authorisations, site.timeZone);
  const partyIndexes = new Map<Party, number>(site.parties.map((party, n) => [party, n * 2 + 1]));
  const judgements: Judgement[] = [];
  /** Text → place in `judgements`. */
  const known = new Map<string, number>();
  const kinds = createKinds();
  const unknown = new Map<string, Location>();
  /** Per state of the authorisations: zone → party (twice: by its own word, proven) and kind of place → judgement. */
  const states = new Map<number, Map<Zone, PairMap>>();
  let byZone = new Map<Zone, PairMap>();
  let decided = new PairMap();
  let standings: readonly Standing[] = [];
  let lastZone: Zone | undefined;
  let periodFrom = Number.POSITIVE_INFINITY;
  let periodEnd = Number.NEGATIVE_INFINITY;
  let kept = 0;
  let decisionCount = 0;
  const ruling = {} as Ruling;

  /** Turns to the stretch of time that holds `atMicros`; decisions hold within it. */
  function enterPeriod(atMicros: number): void {
    const period = periodOf(atMicros);
    periodFrom = period.fromMicros;
    periodEnd = period.untilMicros;
    standings = period.standings;
    byZone = states.get(period.state) ?? new Map();
    states.set(period.state, byZone);
    lastZone = undefined;
  }

  function enterZone(zone: Zone): void {
    let held = byZone.get(zone);
    if (held === undefined) {
      held = new PairMap();
      byZone.set(zone, held);
      // Empty, it takes as much as some decisions do.
      kept += 10;
    }
    decided = held;
    lastZone = zone;
  }

  function nowhere(list: string): Location {
    const location = unknown.get(list) ?? { place: UNKNOWN, verdict: "indeterminate", list };
    unknown.set(list, location);
    return location;
  }

  function intern(judgement: Judgement): number {
    const key = `${judgement.word}\n${judgement.rule}\n${judgement.because}\n${judgement.wouldAllow ?? ""}\n${judgement.lapsed?.join(" ") ?? ""}`;
    const number = known.get(key) ?? judgements.push(judgement) - 1;
    known.set(key, number);
    return number;
  }

  function forget(): void {
    judgements.length = 0;
    known.clear();
    states.clear();
    kept = 0;
    periodFrom = Number.POSITIVE_INFINITY;
  }

  function judge(zone: Zone, party: Party | undefined, place: Place | undefined, atMicros: number, isProven = false): Ruling {
    if (!(atMicros >= periodFrom && atMicros < periodEnd)) enterPeriod(atMicros);
    if (zone !== lastZone) enterZone(zone);
    const index = party === undefined ? 0 : (partyIndexes.get(party) ?? stranger(party)) + (isProven ? 1 : 0);
    const kind = place === undefined ? 0 : kinds.of(place) + 1;
    ruling.location = place === undefined ? nowhere(zone.jurisdiction) : locate(place, zone.jurisdiction);
    const number = decided.get(index, kind);
    if (number >= 0) {
      ruling.judgement = judgements[number];
      return ruling;
    }
    decisionCount += 1;
    const made = intern(decide(zone, { party, isProven }, ruling.location, about(party), standings, site.timeZone));
    ruling.judgement = judgements[made];
    decided.add(index, kind, made);
    kept += 1;
    if (kept >= MOST_DECISIONS) forget();
    return ruling;
  }

  return {
    revision,
    judge,
    judgeFlow(judged) {
      if (judged.direction === "internal") {
        judged.location = undefined;
        judged.judgement = INTERNAL;
      } else if (judged.direction === "transit" || judged.zone === undefined) {
        judged.location = judged.place && locate(judged.place, site.jurisdiction);
        judged.judgement = TRANSIT;
      } else {
        const { location, judgement } = judge(judged.zone, judged.party, judged.place, judged.flow.endMicros, judged.isPartyProven);
        judged.location = location;
        judged.judgement = judgement;
      }
    },
    decisions: () => decisionCount,
  };
}
