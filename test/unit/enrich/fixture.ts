import { countriesOf } from "../../../src/enrich/location/country-database.ts";
import { loadJurisdictions, loadProviders, loadSpecialPurpose } from "../../../src/enrich/location/geo-db.ts";
import { openMmdb } from "../../../src/enrich/location/mmdb-walk.ts";
import { createPlaces, type Places } from "../../../src/enrich/location/places.ts";
import { RangeTable } from "../../../src/enrich/location/range-table.ts";
import { type AddressWords, parseAddress } from "../../../src/lib/ip.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { D, FlowBatch, FlowView, I } from "../../../src/model/flow.ts";
import type { Authorisation, Party, Site, Zone } from "../../../src/model/site.ts";
import { mmdbOf } from "./location/mmdb-writer.ts";

/** A database that is wrong where the real ones are: special space, pseudo-codes. */
export function testPlaces(): Places {
  const bytes = mmdbOf([
    ["0.0.0.0/0", { country_code: "AU" }],
    ["2000::/3", { country_code: "JP" }],
    ["5.0.0.0/8", { country_code: "DE" }],
    ["6.0.0.0/8", { country_code: "US" }],
    ["7.0.0.0/8", { country_code: "EU" }],
    ["8.0.0.0/8", { country_code: "US" }],
    ["9.0.0.0/9", { registered_country: { iso_code: "US" } }],
    ["2a00::/16", { country_code: "LU" }],
  ]);
  const { ranges, answers } = countriesOf(openMmdb("test.mmdb", bytes));
  const countries = { name: "test-db", build: "2026-01-01", sha256: "00", attribution: "", table: new RangeTable(ranges), answers };
  return createPlaces({ countries, special: loadSpecialPurpose(), providers: loadProviders() });
}

export function zone(name: string, more: Partial<Zone> = {}): Zone {
  return {
    name,
    title: name,
    networks: [],
    vlans: [],
    data: ["patient-record"],
    jurisdiction: "eu-eea",
    isJudged: true,
    order: 0,
    ...more,
  };
}

export function party(name: string, more: Partial<Party> = {}): Party {
  const empty = { services: [], data: [], domains: [], networks: [], asns: [], countries: [], agreementEnds: undefined };
  return { name, title: name, role: "processor", ...empty, ...more };
}

export function authorisation(id: string, more: Partial<Authorisation> = {}): Authorisation {
  const empty = {
    zones: [],
    parties: [],
    countries: [],
    reference: undefined,
    from: undefined,
    until: undefined,
    owner: undefined,
    ticket: undefined,
  };
  return { id, purpose: "second opinion", basis: "GDPR 46(2)(c)", ...empty, ...more };
}

export function site(more: Partial<Site> = {}): Site {
  return {
    name: "test",
    latitude: undefined,
    longitude: undefined,
    timeZone: "Europe/Luxembourg",
    inside: ["10.0.0.0/8", "2a02:678::/32"],
    zones: [],
    assets: [],
    parties: [],
    authorisations: [],
    jurisdictions: loadJurisdictions(),
    jurisdiction: "eu-eea",
    ...more,
  };
}

export const words = (text: string): AddressWords => {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

/** A view on a flow record made from what matters to enrichment. */
export function flow(
  from: string,
  to: string,
  more: { at?: number; up?: number; down?: number; vlans?: number[]; facts?: FlowFacts; toPort?: number } = {},
): FlowView {
  const { at = 1_000_000e6, up = 100, down = 50, vlans = [], facts, toPort = 443 } = more;
  const batch = new FlowBatch(1);
  batch.count = 1;
  const { doubles, ints } = batch;
  for (const index of [D.startMicros, D.endMicros, D.eventMicros]) doubles[index] = at;
  doubles[D.packetsUp] = up > 0 ? 1 : 0;
  doubles[D.packetsDown] = down > 0 ? 1 : 0;
  doubles[D.bytesUp] = up;
  doubles[D.bytesDown] = down;
  doubles[D.newBytesUp] = up / 2;
  doubles[D.newBytesDown] = down / 2;
  ints.set(words(from), I.initiatorAddress);
  ints.set(words(to), I.responderAddress);
  ints[I.initiatorPort] = 50_000;
  ints[I.responderPort] = toPort;
  ints[I.vlanCount] = vlans.length;
  ints[I.vlanOuter] = vlans[0] ?? 0;
  ints[I.vlanInner] = vlans[1] ?? 0;
  batch.facts[0] = facts;
  return new FlowView().at(batch, 0);
}
