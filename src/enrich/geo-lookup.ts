import { readFileSync } from "node:fs";
import { Reader, type Response } from "maxmind";
import { AppError, reasonOf } from "../lib/errors.ts";
import { formatAddress, parseAddress } from "../lib/ip.ts";
import { FlowView } from "../model/flow.ts";
import type { Place } from "../model/location.ts";
import type { JurisdictionList, Site } from "../model/site.ts";
import { sourcePaths } from "./location/compile.ts";
import { loadSources } from "./location/geo-db.ts";
import type { Places } from "./location/places.ts";
import { createLocator } from "./location/verdict.ts";
import { createParties, type PartyMatch } from "./parties.ts";
import { createZones, isInside, LOCAL_SCOPE } from "./zones.ts";

/** All that is known of one address, and by whose word. */
export interface GeoReport {
  address: string;
  place: Place;
  /** "inside (zone imaging)", "local scope", "outside". */
  side: string;
  /** By network or AS; a name would need traffic. */
  party: PartyMatch | undefined;
  verdicts: { list: string; verdict: string }[];
  /** The record as the database itself gives it, before special-purpose space and anycast were asked; null: no entry. */
  raw: { file: string; record: unknown } | undefined;
  attributions: string[];
}

/**
 * Looks an address up as the core does, and shows the country database's own record beside it. `databasePath` is the
 * operator's MMDB, else the embedded one. Throws `usage` (exit 2) when the text is no address.
 */
export function geoLookup(
  text: string,
  from: { places: Places; site?: Site | undefined; lists: readonly JurisdictionList[]; databasePath?: string | undefined },
): GeoReport {
  const words = parseAddress(text.trim());
  if (!words) throw new AppError("usage", `${JSON.stringify(text)} is no IPv4 or IPv6 address`, { exitCode: 2 });
  const { places, site, lists } = from;
  const place = places.placeOf(...words);
  const locator = createLocator(lists);
  return {
    address: formatAddress(...words),
    place,
    side: site ? sideOf(site, places, words) : "unknown (no site configured)",
    party: site && createParties(site.parties).find(undefined, ...words, place.asn),
    verdicts: lists.map(({ name }) => ({ list: name, verdict: locator.locate(place, name).verdict })),
    raw: rawRecord(formatAddress(...words), from.databasePath ?? embeddedPath()),
    attributions: places.attributions,
  };
}

/** The report as text for a terminal. */
export function formatGeoReport(report: GeoReport): string {
  const { place } = report;
  const rows: [string, string][] = [
    ["address", report.address],
    ["side", report.side],
    [
      "country",
      place.countries.length > 0 ? place.countries.join(", ") : place.special !== undefined ? "none (special-purpose)" : "nobody knows",
    ],
    ["confidence", String(place.confidence)],
  ];
  if (place.special !== undefined) rows.push(["special", place.special]);
  if (place.asn !== undefined) rows.push(["as", `AS${place.asn} ${place.organization ?? ""}`.trimEnd()]);
  if (report.party) rows.push(["party", `${report.party.party.title} (${report.party.party.name}, by ${report.party.by})`]);
  for (const { list, verdict } of report.verdicts) rows.push(["list", `${list}: ${verdict}`]);
  for (const claim of place.claims) {
    const says = claim.countries.length > 0 ? claim.countries.join(", ") : "no country";
    rows.push(["claim", `${claim.source}${claim.build ? ` ${claim.build}` : ""}: ${says}${claim.note ? `; ${claim.note}` : ""}`]);
  }
  if (report.raw) rows.push(["record", `${JSON.stringify(report.raw.record)} in ${report.raw.file}`]);
  for (const credit of report.attributions) rows.push(["data", credit]);
  return `${rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join("\n")}\n`;
}

function sideOf(site: Site, places: Places, words: readonly [number, number, number, number]): string {
  const zones = createZones(site, places.localPrefixes);
  const code = zones.classify(...words);
  if (isInside(code)) return `inside (zone ${zones.zoneOf(code, new FlowView()).name})`;
  return code === LOCAL_SCOPE ? "local scope (never leaves the site)" : "outside";
}

function embeddedPath(): string | undefined {
  const source = loadSources().find(({ kind }) => kind === "country");
  return source && sourcePaths(source)[0];
}

function rawRecord(address: string, path: string | undefined): GeoReport["raw"] {
  if (path === undefined) return undefined;
  try {
    const reader = new Reader<Response>(readFileSync(path));
    if (address.includes(":") && reader.metadata.ipVersion === 4) return { file: path, record: null };
    return { file: path, record: reader.get(address) };
  } catch (error) {
    throw new AppError("geo_corrupt", `${path}: ${reasonOf(error)}; get the file again`, { cause: error });
  }
}
