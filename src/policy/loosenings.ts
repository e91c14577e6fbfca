import { isEqual } from "../lib/equal.ts";
import { mapped, type Sliced } from "../lib/slices.ts";
import type { Authorisation, Loosening, Party, Site, WeeklyHours } from "../model/site.ts";
import { added } from "./added.ts";
import { isOpen, weekBoundaries } from "./hours.ts";
import { type DetectionsView, type LooserWays, loosenedDetections } from "./loosened-detections.ts";
import { type GeoView, loosenedGeo } from "./loosened-geo.ts";
import { loosenedZones } from "./loosened-zones.ts";

/** What policy rests on, of one configuration. */
export interface PolicyView {
  site: Site;
  detections: DetectionsView;
  geo: GeoView;
  /** What loosens policy needs a second person's approval. */
  isFourEyes: boolean;
}

/** New marks of one party that are named. */
const MOST_MARKS = 10;

/**
 * What `after` allows, or no longer looks for, that `before` did not: what a second person should have seen (GDPR 24, 25).
 * Names that people read, papers and owners are no part of it. `ways`: which way each setting of a detection is looser.
 * Deterministic, in the order of the configuration.
 */
export function* loosenings(before: PolicyView, after: PolicyView, ways: LooserWays): Sliced<Loosening[]> {
  return [
    ...(before.isFourEyes && !after.isFourEyes
      ? [{ kind: "review" as const, name: "policy.fourEyes", text: "what loosens policy needs no second person any more" }]
      : []),
    ...loosenedZones(before.site, after.site),
    ...loosenedGeo(before.geo, after.geo, after.site),
    ...(yield* ofParties(before.site, after.site)),
    ...ofAuthorisations(before.site, after.site),
    ...loosenedDetections(before.detections, after.detections, ways),
  ];
}

function* ofParties(before: Site, after: Site): Sliced<Loosening[]> {
  const old = new Map(before.parties.map((party) => [party.name, party]));
  const each = yield* mapped(after.parties, (party) => {
    const was = old.get(party.name);
    const say = (text: string): Loosening => ({ kind: "party", name: party.name, text });
    if (!was) return [say(`party ${party.name} is registered`)];
    if (isEqual(was, party)) return [];
    return [
      ...added(marksOf(was), marksOf(party))
        .slice(0, MOST_MARKS)
        .map((mark) => say(`party ${party.name} is recognised by ${mark}`)),
      ...widened(
        was.countries,
        party.countries,
        (code) => say(`party ${party.name} may be in ${code}`),
        () => say(`party ${party.name} may be in any country`),
      ),
      ...widened(
        was.regions ?? [],
        party.regions ?? [],
        (region) => say(`party ${party.name} may be in ${region}`),
        () => say(`party ${party.name} may be in any region`),
      ),
      ...(party.isCdnAllowed && !was.isCdnAllowed ? [say(`party ${party.name} may deliver by CDN`)] : []),
      ...(isLater(was.agreementEnds, party.agreementEnds) ? [say(`the agreement with ${party.name} is longer`)] : []),
    ];
  });
  return each.flat();
}

function ofAuthorisations(before: Site, after: Site): Loosening[] {
  const old = new Map(before.authorisations.map((entry) => [entry.id, entry]));
  return after.authorisations.flatMap((entry): Loosening[] => {
    const was = old.get(entry.id);
    const what = was === undefined ? "is new" : widerBy(was, entry);
    return what === undefined ? [] : [{ kind: "authorisation", name: entry.id, text: `authorisation ${entry.id} ${what}` }];
  });
}

function widerBy(was: Authorisation, now: Authorisation): string | undefined {
  if (isWider(was.zones, now.zones)) return "is for more zones";
  if (isWider(was.parties, now.parties)) return "is for more parties";
  if (isWider(was.countries, now.countries)) return "is for more countries";
  if (isWider(was.data ?? [], now.data ?? [])) return "is for more data";
  if (now.from !== was.from && (now.from ?? "") < (was.from ?? "")) return "begins earlier";
  if (isLater(was.until, now.until)) return "ends later";
  if (areLonger(was.hours, now.hours)) return "holds at more hours";
  return (now.mostUsesIn30Days ?? Number.POSITIVE_INFINITY) > (was.mostUsesIn30Days ?? Number.POSITIVE_INFINITY)
    ? "may be used more often"
    : undefined;
}

function marksOf({ domains, networks, asns, certificateSubjects = [], aeTitles = [] }: Party): string[] {
  return [...domains, ...networks, ...asns.map((asn) => `AS${asn}`), ...certificateSubjects, ...aeTitles];
}

/** Empty means any: what is new in a list, or that it has become empty. */
function widened<T>(was: readonly string[], now: readonly string[], each: (value: string) => T, any: () => T): T[] {
  if (was.length === 0) return [];
  return now.length === 0 ? [any()] : added(was, now).map(each);
}

function isWider(was: readonly string[], now: readonly string[]): boolean {
  return was.length > 0 && (now.length === 0 || added(was, now).length > 0);
}

function isLater(was: string | undefined, now: string | undefined): boolean {
  return was !== undefined && (now === undefined || now > was);
}

function areLonger(was: WeeklyHours | undefined, now: WeeklyHours | undefined): boolean {
  if (was === undefined) return false;
  return now === undefined || weekBoundaries([was, now]).some((minute) => isOpen(now, minute) && !isOpen(was, minute));
}
