import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../config/load.ts";
import { formatGeoReport, geoLookup } from "../enrich/geo-lookup.ts";
import { explainPlace } from "../enrich/location/explain-place.ts";
import { peekGeoHeader } from "../enrich/location/geo-file.ts";
import { UPDATE_LOG } from "../enrich/location/install.ts";
import { installedPath } from "../enrich/location/load-geo.ts";
import { createLocator } from "../enrich/location/verdict.ts";
import { AppError } from "../lib/errors.ts";
import { parseAddress } from "../lib/ip.ts";
import { installedFolder, openGeo, siteContext } from "./rules.ts";

const DAY_MS = 86_400_000;
const LOG_LINES = 5;

/** `bordertap geo lookup`. */
export function lookupText(address: string, configPath: string | undefined): string {
  const loaded = loadConfig(configPath);
  const places = openGeo(loaded).places.forSite(siteContext(loaded));
  places.turnTo(Date.now() * 1000);
  const { site, config } = loaded;
  return formatGeoReport(
    geoLookup(address, { places, site: configPath ? site : undefined, lists: site.jurisdictions, databasePath: config.geo.country }),
  );
}

/** `bordertap geo explain`. */
export function explainText(text: string, options: { config?: string; rtt?: number; at?: string }): string {
  const address = parseAddress(text.trim());
  if (!address) throw new AppError("usage", `${JSON.stringify(text)} is no IPv4 or IPv6 address`, { exitCode: 2 });
  const { rtt, at } = options;
  if (rtt !== undefined && !(rtt > 0)) throw new AppError("usage", "--rtt is a number of milliseconds above 0", { exitCode: 2 });
  const atMs = at === undefined ? Date.now() : Date.parse(`${at}T12:00:00Z`);
  if (Number.isNaN(atMs)) throw new AppError("usage", `--at ${at} is no day (YYYY-MM-DD)`, { exitCode: 2 });
  const loaded = loadConfig(options.config);
  if (rtt !== undefined && loaded.site.latitude === undefined)
    throw new AppError("usage", "--rtt needs a configuration with site.latitude and site.longitude", { exitCode: 2 });
  const places = openGeo(loaded).places.forSite(siteContext(loaded));
  places.turnTo(atMs * 1000);
  const found = places.placeOf(...address);
  // Two connections with that time: one alone would raise no more than a doubt.
  const bound = (nth: number) => places.bounded(found, ...address, rtt === undefined ? Number.NaN : rtt * 1000, nth, 0);
  bound(1);
  const place = bound(2);
  const locator = createLocator(loaded.site.jurisdictions);
  return explainPlace(
    text.trim(),
    place,
    loaded.site.jurisdictions.map(({ name }) => locator.locate(place, name)),
  );
}

/** `bordertap geo status`: what is in use, how old it is, what the last updates did. */
export function statusReport(configPath: string | undefined, nowMs: number): { text: string; isWell: boolean } {
  const loaded = loadConfig(configPath);
  const { geo, places } = openGeo(loaded);
  const lines: string[] = [];
  let isWell = true;
  for (const { name, kind, build, sha256, maxAgeDays } of places.status.sources) {
    const ageDays = Math.floor((nowMs - Date.parse(build)) / DAY_MS);
    const isStale = !(ageDays <= maxAgeDays);
    if (isStale) isWell = false;
    const age = Number.isNaN(ageDays) ? "age unknown" : `${ageDays} days old`;
    lines.push(`${name.padEnd(24)}${kind.padEnd(18)}build ${build}, ${age}${isStale ? ` (STALE: more than ${maxAgeDays})` : ""}`);
    const header = peekGeoHeader(installedPath(installedFolder(loaded), name));
    const origin = header?.sha256 === sha256 ? `, ${header.networks} networks from ${header.from}, licence ${header.licence}` : "";
    lines.push(`${" ".repeat(24)}sha256 ${sha256}${origin}`);
  }
  for (const { name, reason } of places.status.faults) {
    isWell = false;
    lines.push(`${name.padEnd(24)}FAULT: ${reason}`);
  }
  lines.push(`speed of light          ${speedOfLightState(loaded, geo.sources.outlines !== undefined)}`);
  for (const credit of places.attributions) lines.push(`data                    ${credit}`);
  for (const entry of lastUpdates(join(installedFolder(loaded), UPDATE_LOG))) lines.push(`update                  ${entry}`);
  return { text: `${lines.join("\n")}\n`, isWell };
}

function speedOfLightState({ config, site }: ReturnType<typeof loadConfig>, hasOutlines: boolean): string {
  if (!config.geo.speedOfLight) return "off (geo.speedOfLight)";
  if (site.latitude === undefined || site.longitude === undefined) return "off: needs site.latitude and site.longitude";
  if (!hasOutlines) return 'off: no country outlines; run "bordertap geo compile"';
  return `on, seen from ${site.latitude}, ${site.longitude}`;
}

function lastUpdates(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return []; // Nothing was ever installed.
  }
  return text.split("\n").filter(Boolean).slice(-LOG_LINES);
}
