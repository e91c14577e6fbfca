import type { JudgedFlow, Judgement } from "../model/judgement.ts";
import type { Location, Place } from "../model/location.ts";
import type { Party, Site, Zone } from "../model/site.ts";
import { boundaries, ready } from "./authorisations.ts";
import { decide } from "./decide.ts";
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
   * reused: read it at once. About 50 ns for what was asked before.
   */
  judge(zone: Zone, party: Party | undefined, place: Place, atMicros: number): Ruling;
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
  const partyIndexes = new Map<Party, number>(site.parties.map((party, n) => [party, n + 1]));
  const judgements = new Map<string, Judgement>();
  const kinds = createKinds();
  /** Per period: zone → party → kind of place → judgement. */
  const periods = new Map<number, Map<Zone, (Judgement | undefined)[][]>>();
  let byZone = new Map<Zone, (Judgement | undefined)[][]>();
  let byParty: (Judgement | undefined)[][] = [];
  let lastZone: Zone | undefined;
  let periodFrom = Number.POSITIVE_INFINITY;
  let periodEnd = Number.NEGATIVE_INFINITY;
  let kept = 0;
  let decisionCount = 0;
  const ruling = {} as Ruling;

  /** Turns to the time between two boundaries that holds `atMicros`; decisions hold within it. */
  function enterPeriod(atMicros: number): void {
    let at = 0;
    while (at < times.length && times[at] <= atMicros) at += 1;
    periodFrom = at === 0 ? Number.NEGATIVE_INFINITY : times[at - 1];
    periodEnd = at === times.length ? Number.POSITIVE_INFINITY : times[at];
    byZone = periods.get(at) ?? new Map();
    periods.set(at, byZone);
    lastZone = undefined;
  }

  function enterZone(zone: Zone): void {
    byParty = byZone.get(zone) ?? Array.from({ length: site.parties.length + 1 }, () => []);
    byZone.set(zone, byParty);
    lastZone = zone;
  }

  function intern(judgement: Judgement): Judgement {
    const key = `${judgement.word}\n${judgement.rule}\n${judgement.because}\n${judgement.wouldAllow ?? ""}`;
    const known = judgements.get(key);
    if (known) return known;
    judgements.set(key, judgement);
    return judgement;
  }

  function forget(): void {
    judgements.clear();
    periods.clear();
    kept = 0;
    periodFrom = Number.POSITIVE_INFINITY;
  }

  function judge(zone: Zone, party: Party | undefined, place: Place, atMicros: number): Ruling {
    if (!(atMicros >= periodFrom && atMicros < periodEnd)) enterPeriod(atMicros);
    if (zone !== lastZone) enterZone(zone);
    const row = byParty[party === undefined ? 0 : (partyIndexes.get(party) ?? stranger(party))];
    const kind = kinds.of(place);
    ruling.location = locate(place, zone.jurisdiction);
    const known = row[kind];
    if (known !== undefined) {
      ruling.judgement = known;
      return ruling;
    }
    decisionCount += 1;
    ruling.judgement = intern(decide(zone, party, ruling.location, authorisations, atMicros));
    while (row.length <= kind) row.push(undefined);
    row[kind] = ruling.judgement;
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
