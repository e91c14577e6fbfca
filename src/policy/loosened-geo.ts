import type { Loosening, Site } from "../model/site.ts";
import { added } from "./added.ts";

/** What decides where addresses are, as configured. */
export interface GeoView {
  country?: string | undefined;
  maxAgeDays: number;
  sources: readonly { name: string; format: string; from: string; sha256?: string | undefined; maxAgeDays?: number | undefined }[];
  overrides: readonly { network: string; countries: readonly string[]; until?: string | undefined }[];
  speedOfLight: boolean;
  answeredNearby: readonly string[];
}

/**
 * Whoever says where an address is says what is allowed to it: an override toward a country that any list, contract or
 * authorisation allows, one taken away that told of another country, a source that is new, gone or another, a check less.
 */
export function loosenedGeo(before: GeoView, after: GeoView, site: Site): Loosening[] {
  const say = (name: string, text: string): Loosening => ({ kind: "location", name, text });
  return [
    ...ofOverrides(before, after, allowedBy(site)),
    ...ofSources(before, after),
    ...(before.country === after.country ? [] : [say("geo.country", "another country database is asked")]),
    ...(after.maxAgeDays > before.maxAgeDays ? [say("geo.maxAgeDays", `location databases may be ${after.maxAgeDays} days old`)] : []),
    ...(before.speedOfLight && !after.speedOfLight
      ? [say("geo.speedOfLight", "claims are not held against the speed of light any more")]
      : []),
    ...added(before.answeredNearby, after.answeredNearby).map((network) =>
      say("geo.answeredNearby", `claims about ${network} are not held against the speed of light any more`),
    ),
  ];
}

function ofOverrides(before: GeoView, after: GeoView, allowed: ReadonlySet<string>): Loosening[] {
  const old = new Map(before.overrides.map((entry) => [entry.network, entry]));
  const now = new Map(after.overrides.map((entry) => [entry.network, entry]));
  const say = (name: string, text: string): Loosening => ({ kind: "location", name, text });
  const set = [...now.values()].flatMap(({ network, countries, until }) => {
    const was = old.get(network);
    const where = countries.join(" or ");
    if (!countries.some((code) => allowed.has(code))) return [];
    if (was === undefined || was.countries.join() !== countries.join()) return [say(network, `${network} is held to be in ${where}`)];
    return was.until !== undefined && (until === undefined || until > was.until)
      ? [say(network, `${network} is held to be in ${where} for longer`)]
      : [];
  });
  const gone = [...old.values()].flatMap(({ network, countries, until }) => {
    const isDenied = countries.some((code) => !allowed.has(code));
    const is = now.get(network);
    if (!isDenied) return [];
    if (is === undefined) return [say(network, `${network} is not held to be in ${countries.join(" or ")} any more`)];
    return is.countries.join() === countries.join() && is.until !== undefined && (until === undefined || is.until < until)
      ? [say(network, `${network} is not held to be in ${countries.join(" or ")} for so long`)]
      : [];
  });
  return [...set, ...gone];
}

function ofSources(before: GeoView, after: GeoView): Loosening[] {
  const old = new Map(before.sources.map((source) => [source.name, source]));
  const now = new Set(after.sources.map(({ name }) => name));
  const say = (name: string, text: string): Loosening => ({ kind: "location", name, text });
  return [
    ...after.sources.flatMap((source) => {
      const { name } = source;
      const was = old.get(name);
      if (was === undefined) return [say(name, `location source ${name} is asked too`)];
      if (was.format !== source.format || was.from !== source.from) return [say(name, `location source ${name} is taken from elsewhere`)];
      if (was.sha256 !== undefined && was.sha256 !== source.sha256) return [say(name, `location source ${name} may be another file`)];
      return (source.maxAgeDays ?? after.maxAgeDays) > (was.maxAgeDays ?? before.maxAgeDays) && after.maxAgeDays <= before.maxAgeDays
        ? [say(name, `location source ${name} may be ${source.maxAgeDays ?? after.maxAgeDays} days old`)]
        : [];
    }),
    ...before.sources.filter(({ name }) => !now.has(name)).map(({ name }) => say(name, `location source ${name} is not asked any more`)),
  ];
}

/** Countries that anything in the policy allows. */
function allowedBy({ zones, jurisdictions, jurisdiction, parties, authorisations }: Site): Set<string> {
  const lists = new Set([jurisdiction, ...zones.filter(({ isJudged }) => isJudged).map((zone) => zone.jurisdiction)]);
  return new Set([
    ...jurisdictions.filter(({ name }) => lists.has(name)).flatMap(({ countries }) => countries),
    ...parties.flatMap(({ countries }) => countries),
    ...authorisations.flatMap(({ countries }) => countries),
  ]);
}
