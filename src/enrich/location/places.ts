import { join } from "node:path";
import { type AddressWords, V4_MAPPED } from "../../lib/ip.ts";
import type { Claim, Place } from "../../model/location.ts";
import { AddressCache } from "./address-cache.ts";
import { type AsnDatabase, loadCompiledAsns } from "./asn-database.ts";
import { ASN_FILE, COUNTRY_FILE } from "./compile.ts";
import { type CountryAnswer, type CountryDatabase, loadCompiledCountries, loadCountryDatabase } from "./country-database.ts";
import { loadProviders, loadSpecialPurpose, type SpecialPrefix } from "./geo-db.ts";
import { prefixTable } from "./prefix-table.ts";

/** Places beside which no more are told apart by AS: a country's places without AS then serve. */
const MOST_PLACES = 262_144;
const CACHE_SLOTS = 65_536;
/** What 6to4 and Teredo addresses embed is the far end of a tunnel through unknown relays: a hint, not an answer. */
const TUNNEL_CONFIDENCE = 60;

export interface Places {
  /** Where an address is. Interned: equal places are one object, with one index. Cheap for addresses that come again (about 20 ns). */
  placeOf(w0: number, w1: number, w2: number, w3: number): Place;
  /** Database name → build day, for alerts and history. */
  builds: Record<string, string>;
  /** Credits to be shown where answers are. */
  attributions: string[];
  /** Prefixes valid on a link, host or site only, and multicast: traffic to them stays inside. */
  localPrefixes: string[];
  /** Distinct places so far. */
  count(): number;
  /** Addresses whose AS was left out because the table of places was full. */
  overflows(): number;
}

/** Loads the databases. `folder` holds the compiled ones; `countryDatabase` is an operator's own MMDB instead of the embedded one. */
export function openPlaces(options: { folder: string; countryDatabase?: string | undefined; geoDbFolder?: string }): Places {
  const countries = options.countryDatabase
    ? loadCountryDatabase(options.countryDatabase)
    : loadCompiledCountries(join(options.folder, COUNTRY_FILE));
  return createPlaces({ countries, asns: loadCompiledAsns(join(options.folder, ASN_FILE)), ...geoDbOf(options.geoDbFolder) });
}

function geoDbOf(folder: string | undefined) {
  return { special: loadSpecialPurpose(folder), providers: loadProviders(folder) };
}

/**
 * Places over a country and an AS database. In this order: special-purpose space (never geolocated; translation and tunnel
 * prefixes lead to the IPv4 address in them), known anycast services (nowhere certain), the country database. The AS says
 * who announces an address, never where it is.
 */
export function createPlaces(from: {
  countries: CountryDatabase;
  asns?: AsnDatabase | undefined;
  special: { checked: string; prefixes: SpecialPrefix[] };
  providers: { checked: string; anycast: { name: string; prefixes: string[] }[] };
}): Places {
  const { countries, asns, special, providers } = from;
  const places: Place[] = [];
  const byKey = new Map<string | number, Place>();
  const cache = new AddressCache(CACHE_SLOTS);
  const specialTable = prefixTable(special.prefixes.map(({ prefix }, n) => ({ prefix, value: n + 1 })));
  const anycastTable = prefixTable(providers.anycast.flatMap(({ prefixes }, n) => prefixes.map((prefix) => ({ prefix, value: n + 1 }))));
  const asnCount = (asns?.count ?? 0) + 1;
  let overflowCount = 0;

  /** What is said of an address without its AS: n for answers of the database (0: no entry), then anycast services. */
  const nothing: CountryAnswer = { country: undefined, confidence: 0, note: "has no entry for this address" };
  const bases: Omit<Place, "index" | "asn" | "organization">[] = [nothing, ...countries.answers].map(({ country, confidence, note }) => {
    const named = country === undefined ? [] : [country];
    return { countries: named, confidence, special: undefined, claims: [claimOf(countries, named, note)] };
  });
  const firstAnycast = bases.length;
  for (const { name } of providers.anycast) {
    const note = `anycast (${name}): one address, many places`;
    bases.push({
      countries: [],
      confidence: 0,
      special: undefined,
      claims: [{ source: "anycast", build: providers.checked, countries: [], note }],
    });
  }

  function intern(key: string | number, make: () => Omit<Place, "index">): Place {
    const known = byKey.get(key);
    if (known) return known;
    const place: Place = { index: places.length, ...make() };
    places.push(place);
    byKey.set(key, place);
    return place;
  }

  function ordinary(base: number, asn: number): Place {
    const key = base * asnCount + asn;
    if (asn > 0 && places.length >= MOST_PLACES && !byKey.has(key)) {
      overflowCount += 1;
      return ordinary(base, 0);
    }
    return intern(key, () => ({
      ...bases[base],
      asn: asn > 0 ? asns?.asnOf(asn) : undefined,
      organization: asn > 0 ? asns?.organizationOf(asn) : undefined,
    }));
  }

  function resolve(w0: number, w1: number, w2: number, w3: number, isEmbedded = false): Place {
    const specialAt = specialTable.find(w0, w1, w2, w3);
    if (specialAt > 0) {
      const entry = special.prefixes[specialAt - 1];
      const v4 = isEmbedded ? undefined : embeddedV4(entry, [w0, w1, w2, w3]);
      return v4 === undefined ? specialPlace(entry) : throughPlace(entry, resolve(0, 0, V4_MAPPED, v4, true));
    }
    const anycast = anycastTable.find(w0, w1, w2, w3);
    const base = anycast > 0 ? firstAnycast + anycast - 1 : countries.table.find(w0, w1, w2, w3);
    return ordinary(base, asns === undefined ? 0 : asns.table.find(w0, w1, w2, w3));
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
      countries: inner.countries,
      confidence: entry.name === "IPv4-IPv6 Translat." ? inner.confidence : Math.min(inner.confidence, TUNNEL_CONFIDENCE),
      claims: [...inner.claims, specialClaim(entry, "what it says is of the IPv4 address inside")],
      asn: inner.asn,
      organization: inner.organization,
      special: inner.special,
    }));
  }

  function specialClaim(entry: SpecialPrefix, more: string | undefined): Claim {
    const note = more === undefined ? `${entry.name} (${entry.rfc})` : `${entry.name} (${entry.rfc}): ${more}`;
    return { source: "iana-special-purpose", build: special.checked, countries: [], note };
  }

  return {
    placeOf(w0, w1, w2, w3) {
      const cached = cache.get(w0, w1, w2, w3);
      if (cached >= 0) return places[cached];
      const place = resolve(w0, w1, w2, w3);
      cache.set(w0, w1, w2, w3, place.index);
      return place;
    },
    builds: { [countries.name]: countries.build, ...(asns ? { [asns.name]: asns.build } : {}) },
    attributions: [countries.attribution, asns?.attribution ?? ""].filter((text) => text !== ""),
    localPrefixes: special.prefixes.filter(({ scope }) => scope === "site").map(({ prefix }) => prefix),
    count: () => places.length,
    overflows: () => overflowCount,
  };
}

function claimOf(countries: CountryDatabase, named: readonly string[], note: string | undefined): Claim {
  const claim: Claim = { source: countries.name, build: countries.build, sha256: countries.sha256, countries: named };
  return note === undefined ? claim : { ...claim, note };
}

function embeddedV4(entry: SpecialPrefix, words: Readonly<AddressWords>): number | undefined {
  if (entry.embeds === undefined) return undefined;
  const word = entry.embeds === 96 ? words[3] : (words[0] << 16) | (words[1] >>> 16);
  return entry.inverted ? ~word : word;
}
