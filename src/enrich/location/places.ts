import { type AddressWords, V4_MAPPED } from "../../lib/ip.ts";
import { PairMap } from "../../lib/pair-map.ts";
import { atOnce, type Sliced } from "../../lib/slices.ts";
import type { GeoStatus } from "../../model/geo-status.ts";
import type { Claim, Place } from "../../model/location.ts";
import type { Party } from "../../model/site.ts";
import { AddressCache } from "./address-cache.ts";
import type { AsnDatabase } from "./asn-database.ts";
import type { CloudRegions } from "./cloud-regions.ts";
import { type Contracts, contractTable } from "./contracts.ts";
import type { CountryDatabase } from "./country-database.ts";
import type { SpecialPrefix } from "./geo-db.ts";
import type { Outlines } from "./outlines.ts";
import { createOverrides, type Override } from "./overrides.ts";
import { claimsOf, type Ground, groundOf } from "./place-claims.ts";
import { prefixTable } from "./prefix-table.ts";
import type { RangeTable } from "./range-table.ts";
import { createReach } from "./reach.ts";
import { createSpeedOfLight, type SpeedOfLight } from "./speed-of-light.ts";

/** Places beside which no more are told apart by AS: a country's places without AS then serve. */
const MOST_PLACES = 262_144;
const CACHE_SLOTS = 65_536;
/** What 6to4 and Teredo addresses embed is the far end of a tunnel through unknown relays: a hint, not an answer. */
const TUNNEL_CONFIDENCE = 60;
/** Where neither the configuration nor the source says when it is stale. */
const MAX_AGE_DAYS = 35;

export interface Places {
  /** Where an address is. Interned: equal places are one object, with one index. Cheap for addresses that come again (about 20 ns). */
  placeOf(w0: number, w1: number, w2: number, w3: number): Place;
  /**
   * The same place held against the speed of light: `rttMicros` is the handshake's round-trip time from the tap to the address,
   * NaN where none was measured, of the connection that began at `startMicros`, told of at `nowMicros`. Does nothing where the
   * site has no coordinates.
   */
  bounded(place: Place, w0: number, w1: number, w2: number, w3: number, rttMicros: number, startMicros: number, nowMicros: number): Place;
  /**
   * One place for several that may all be meant (the addresses of one name): all of their countries, the least confidence.
   * Interned; undefined when the table of places is full.
   */
  together(places: readonly Place[]): Place | undefined;
  /** Turns to packet time: overrides end at the end of their last day. */
  turnTo(micros: number): void;
  /** Places over the same sources, with what one site's configuration adds. Shares the tables, not the numbers of places. */
  forSite(context: SiteContext): Places;
  /** The same, for registers of ten thousand parties. */
  forSiteSliced(context: SiteContext): Sliced<Places>;
  /** Database name → build day, for alerts and history. */
  builds: Record<string, string>;
  /** Credits to be shown where answers are. */
  attributions: string[];
  status: GeoStatus;
  /** Prefixes valid on a link, host or site only, and multicast: traffic to them stays inside. */
  localPrefixes: string[];
  /** Distinct places so far. */
  count(): number;
  /** Addresses whose AS or time bound was left out because the table of places was full. */
  overflows(): number;
}

/** What the configuration of a site adds to the sources. */
export interface SiteContext {
  /** Degrees; undefined: the speed of light is not asked. */
  latitude?: number | undefined;
  longitude?: number | undefined;
  overrides?: readonly Override[];
  parties?: readonly Party[];
  /** Networks whose handshakes are answered by something nearer. */
  answeredNearby?: readonly string[];
}

export interface PlaceSources {
  /** The country database that is always there. */
  countries: CountryDatabase;
  /** Further sources, in order of configuration. */
  more?: readonly CountryDatabase[];
  asns?: AsnDatabase | undefined;
  special: { checked: string; prefixes: SpecialPrefix[] };
  providers: { checked: string; anycast: { name: string; prefixes: string[] }[] };
  regions?: CloudRegions | undefined;
  outlines?: Outlines | undefined;
  faults?: GeoStatus["faults"];
}

/**
 * Places over all sources. Special-purpose space comes first (never geolocated; translation and tunnel prefixes lead to the IPv4
 * address in them); then every source is asked, and their claims are put together (fuse.ts). The AS says who announces an
 * address, never where it is.
 */
export function createPlaces(from: PlaceSources): Places {
  const { special, providers } = from;
  const shared: Shared = {
    from,
    specialTable: prefixTable(special.prefixes.map(({ prefix }, n) => ({ prefix, value: n + 1 }))),
    anycast: anycastSource(providers),
  };
  return placesOf(shared, {}, atOnce(contractTable([])));
}

/** What does not hang on the site. */
interface Shared {
  from: PlaceSources;
  specialTable: RangeTable;
  anycast: CountryDatabase;
}

function placesOf(shared: Shared, context: SiteContext, contracts: Contracts): Places {
  const { from, specialTable, anycast } = shared;
  const { countries, more = [], asns, special } = from;
  const places: Place[] = [];
  const byKey = new Map<string, Place>();
  /** Number of all that is said, AS → index of the place. */
  const byAs = new PairMap();
  const cache = new AddressCache(CACHE_SLOTS);
  const overrides = createOverrides(context.overrides ?? []);
  const sources = [countries, ...more, anycast];
  /** Which answers go together, numbered: by source, number so far and answer → number. */
  const steps: PairMap[] = Array.from({ length: sources.length + 2 }, () => new PairMap());
  const grounds: (Ground | undefined)[] = [];
  let overflowCount = 0;

  function keep(made: Omit<Place, "index">): Place {
    const place: Place = { ...made, index: places.length };
    places.push(place);
    return place;
  }

  function intern(key: string, make: () => Omit<Place, "index">): Place {
    const known = byKey.get(key);
    if (known) return known;
    const place = keep(make());
    byKey.set(key, place);
    return place;
  }

  function internIfRoom(key: string, make: () => Omit<Place, "index">): Place | undefined {
    if (places.length < MOST_PLACES || byKey.has(key)) return intern(key, make);
    overflowCount += 1;
    return undefined;
  }

  function step(at: number, number: number, value: number): number {
    const known = steps[at].get(number, value);
    if (known >= 0) return known;
    const next = at === steps.length - 1 ? grounds.push(undefined) - 1 : steps[at].size;
    steps[at].add(number, value, next);
    return next;
  }

  /** Number of all that is said of an address; its ground is worked out when the number is new. */
  function groundNumber(w0: number, w1: number, w2: number, w3: number): number {
    let number = 0;
    for (let n = 0; n < sources.length; n += 1) {
      number = step(n, number, sources[n].table.find(w0, w1, w2, w3));
    }
    number = step(sources.length, number, overrides.find(w0, w1, w2, w3));
    number = step(sources.length + 1, number, contracts.find(w0, w1, w2, w3));
    grounds[number] ??= ground(w0, w1, w2, w3);
    return number;
  }

  function ground(w0: number, w1: number, w2: number, w3: number): Ground {
    const said = sources.map((source) => ({
      source,
      answer: source.answers[source.table.find(w0, w1, w2, w3) - 1] as CountryDatabase["answers"][number] | undefined,
    }));
    const override = overrides.find(w0, w1, w2, w3);
    const contract = contracts.find(w0, w1, w2, w3);
    const claims = said.flatMap(({ source, answer }) => claimsOf(source, answer));
    if (override > 0) claims.push(overrides.claim(override));
    if (contract > 0) claims.push(contracts.claim(contract));
    return groundOf(
      claims,
      said.flatMap(({ answer }) => answer ?? []),
    );
  }

  function ordinary(number: number, asn: number): Place {
    const known = byAs.get(number, asn);
    if (known >= 0) return places[known];
    if (asn > 0 && places.length >= MOST_PLACES) {
      overflowCount += 1;
      return ordinary(number, 0);
    }
    byAs.add(number, asn, places.length);
    return keep({
      ...withHome(grounds[number] as Ground, asns, asn),
      asn: asn > 0 ? asns?.asnOf(asn) : undefined,
      organization: asn > 0 ? asns?.organizationOf(asn) : undefined,
    });
  }

  function resolve(w0: number, w1: number, w2: number, w3: number, isEmbedded = false): Place {
    const specialAt = specialTable.find(w0, w1, w2, w3);
    if (specialAt > 0) {
      const entry = special.prefixes[specialAt - 1];
      const v4 = isEmbedded ? undefined : embeddedV4(entry, [w0, w1, w2, w3]);
      return v4 === undefined ? specialPlace(entry) : throughPlace(entry, resolve(0, 0, V4_MAPPED, v4, true));
    }
    return ordinary(groundNumber(w0, w1, w2, w3), asns === undefined ? 0 : asns.table.find(w0, w1, w2, w3));
  }

  function specialPlace(entry: SpecialPrefix): Place {
    return intern(`special ${entry.name} ${entry.rfc}`, () => ({
      countries: [],
      confidence: 0,
      claims: [specialClaim(entry, entry.scope === "global" ? "served from many places or from nowhere in particular" : undefined)],
      asn: undefined,
      organization: undefined,
      // What can be reached from anywhere is not special to policy: it only has no country.
      special: entry.scope === "global" ? undefined : entry.name,
    }));
  }

  function throughPlace(entry: SpecialPrefix, inner: Place): Place {
    const key = `through ${entry.name} ${inner.index}`;
    if (places.length >= MOST_PLACES && !byKey.has(key)) {
      overflowCount += 1;
      return specialPlace(entry);
    }
    return intern(key, () => ({
      ...inner,
      confidence: entry.name === "IPv4-IPv6 Translat." ? inner.confidence : Math.min(inner.confidence, TUNNEL_CONFIDENCE),
      claims: [...inner.claims, specialClaim(entry, "what it says is of the IPv4 address inside")],
    }));
  }

  function specialClaim(entry: SpecialPrefix, more: string | undefined): Claim {
    const note = more === undefined ? `${entry.name} (${entry.rfc})` : `${entry.name} (${entry.rfc}): ${more}`;
    return { kind: "special-purpose", source: "iana-special-purpose", build: special.checked, countries: [], note };
  }

  const light = speedOfLight(from, context, internIfRoom);
  const all = [countries, ...more];
  return {
    placeOf(w0, w1, w2, w3) {
      const cached = cache.get(w0, w1, w2, w3);
      if (cached >= 0) return places[cached];
      const place = resolve(w0, w1, w2, w3);
      cache.set(w0, w1, w2, w3, place.index);
      return place;
    },
    bounded: (place, w0, w1, w2, w3, rttMicros, startMicros, nowMicros) =>
      light === undefined ? place : light.bounded(place, w0, w1, w2, w3, rttMicros, startMicros, nowMicros),
    together(all) {
      const distinct = [...new Set(all)].sort((a, b) => a.index - b.index);
      return distinct.length < 2
        ? distinct[0]
        : internIfRoom(`together ${distinct.map(({ index }) => index).join(" ")}`, () => merged(distinct));
    },
    turnTo(micros) {
      if (overrides.turnTo(micros)) cache.clear();
    },
    forSite: (site) => placesOf(shared, site, atOnce(contractTable(site.parties ?? []))),
    *forSiteSliced(site) {
      return placesOf(shared, site, yield* contractTable(site.parties ?? []));
    },
    builds: Object.fromEntries([...all, ...(asns ? [asns] : [])].map(({ name, build }) => [name, build])),
    attributions: [...new Set([...all.map(({ attribution }) => attribution), asns?.attribution ?? ""])].filter((text) => text !== ""),
    status: {
      sources: all.map(({ name, kind = "country-database", build, sha256, maxAgeDays = MAX_AGE_DAYS }) => ({
        name,
        kind,
        build,
        sha256,
        maxAgeDays,
      })),
      faults: from.faults ?? [],
    },
    localPrefixes: special.prefixes.filter(({ scope }) => scope === "site").map(({ prefix }) => prefix),
    count: () => places.length,
    overflows: () => overflowCount,
  };
}

/** Adds where the network that announces the address is at home: the weakest claim, which decides only where nobody else speaks. */
function withHome(ground: Ground, asns: AsnDatabase | undefined, value: number): Ground {
  const home = value > 0 ? asns?.homeOf?.(value) : undefined;
  if (asns === undefined || home === undefined) return ground;
  const note = `AS${asns.asnOf(value)} has ${home.percent} % of its addresses there`;
  const claim: Claim = { kind: "as-home", source: asns.name, build: asns.build, sha256: asns.sha256, countries: [home.country], note };
  return {
    ...ground,
    ...groundOf([...ground.claims, claim], []),
    ...(ground.cloud ? { cloud: ground.cloud } : {}),
    ...(ground.anycast ? { anycast: ground.anycast } : {}),
  };
}

function speedOfLight(
  { outlines, regions }: PlaceSources,
  { latitude, longitude, answeredNearby = [] }: SiteContext,
  intern: (key: string, make: () => Omit<Place, "index">) => Place | undefined,
): SpeedOfLight | undefined {
  if (outlines === undefined || latitude === undefined || longitude === undefined) return undefined;
  return createSpeedOfLight({ reach: createReach({ latitude, longitude }, outlines), regions, answeredNearby, intern });
}

/** Several places of which any may be meant: certain only of what all of them say. */
function merged(places: readonly Place[]): Omit<Place, "index"> {
  const [{ asn, organization, anycast }] = places;
  const isOneAs = places.every((place) => place.asn === asn);
  const countries = places.some((place) => place.countries.length === 0) ? [] : [...new Set(places.flatMap((place) => place.countries))];
  return {
    countries,
    confidence: countries.length === 0 ? 0 : Math.min(...places.map(({ confidence }) => confidence)),
    claims: [...new Set(places.flatMap(({ claims }) => claims))],
    asn: isOneAs ? asn : undefined,
    organization: isOneAs ? organization : undefined,
    special: undefined,
    ...(anycast !== undefined && places.every((place) => place.anycast === anycast) ? { anycast } : {}),
  };
}

/** The anycast services of geo-db/providers.yaml, as a source like any other. */
function anycastSource({ checked, anycast }: PlaceSources["providers"]): CountryDatabase {
  return {
    name: "anycast",
    kind: "anycast",
    build: checked,
    sha256: "",
    attribution: "",
    table: prefixTable(anycast.flatMap(({ prefixes }, n) => prefixes.map((prefix) => ({ prefix, value: n + 1 })))),
    answers: anycast.map(({ name }) => ({
      kind: "anycast",
      country: undefined,
      anycast: name,
      note: `anycast (${name}): one address, many places`,
    })),
  };
}

function embeddedV4(entry: SpecialPrefix, words: Readonly<AddressWords>): number | undefined {
  if (entry.embeds === undefined) return undefined;
  const word = entry.embeds === 96 ? words[3] : (words[0] << 16) | (words[1] >>> 16);
  return entry.inverted ? ~word : word;
}
