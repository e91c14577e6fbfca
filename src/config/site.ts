import { atOnce, mapped, type Sliced } from "../lib/slices.ts";
import type { Asset, Authorisation, JurisdictionList, Party, Site, WeeklyHours, Zone } from "../model/site.ts";
import type { Config } from "./config.ts";
import { REST_ZONE, WHOLE_ZONE } from "./draft.ts";
import { WEEKDAYS } from "./options/authorisations.ts";
import { DEFAULT_ORDER, LARGEST_ORDER } from "./options/zones.ts";

/** The monitored place as the core reads it. `builtIn`: the jurisdiction lists that come with bordertap. */
export function siteOf(config: Config, builtIn: readonly JurisdictionList[]): Site {
  return atOnce(siteSliced(config, builtIn));
}

export function* siteSliced(config: Config, builtIn: readonly JurisdictionList[]): Sliced<Site> {
  return {
    name: config.site.name,
    latitude: config.site.latitude,
    longitude: config.site.longitude,
    timeZone: config.site.timeZone,
    inside: [...config.inside],
    zones: zonesOf(config),
    tap: config.site.tap,
    ...(config.site.proxies.length > 0 ? { proxies: [...config.site.proxies] } : {}),
    learnsHostNames: config.site.learnsHostNames,
    assets: yield* mapped(config.assets, assetOf),
    parties: yield* mapped(config.parties, partyOf),
    authorisations: config.authorisations.map(authorisationOf),
    jurisdictions: [...builtIn.map((list) => ({ ...list })), ...config.jurisdictions],
    jurisdiction: config.jurisdiction,
  };
}

function assetOf({ address = "", mac, name, owner, department }: Config["assets"][number]): Asset {
  return { address, name, owner, department, ...(mac === undefined ? {} : { mac }) };
}

function partyOf({ cdnAllowed, worksFor, documents, ...party }: Config["parties"][number]): Party {
  return {
    ...party,
    agreementEnds: party.agreementEnds,
    ...(worksFor === undefined ? {} : { worksFor }),
    isCdnAllowed: cdnAllowed,
    documents: documents.map(({ kind, ends, reference }) => ({ kind, ends, reference })),
  };
}

function authorisationOf({ hours, mostUsesIn30Days, ...entry }: Config["authorisations"][number]): Authorisation {
  return {
    ...entry,
    reference: entry.reference,
    from: entry.from,
    until: entry.until,
    owner: entry.owner,
    ticket: entry.ticket,
    ...(hours === undefined ? {} : { hours: hoursOf(hours) }),
    ...(mostUsesIn30Days === undefined ? {} : { mostUsesIn30Days }),
  };
}

function hoursOf({ days, from, until }: NonNullable<Config["authorisations"][number]["hours"]>): WeeklyHours {
  const minuteOf = (text: string) => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) % 1440;
  return { days: days.map((day) => WEEKDAYS.indexOf(day) + 1), fromMinute: minuteOf(from), untilMinute: minuteOf(until) };
}

function zonesOf(config: Config): Zone[] {
  if (config.zones === undefined) return [builtInZone(config, WHOLE_ZONE, "unassigned inside networks", DEFAULT_ORDER)];
  const written = config.zones.map(({ judged, ...zone }): Zone => ({ ...zone, isJudged: judged }));
  return [...written, builtInZone(config, REST_ZONE, "inside addresses in no zone", LARGEST_ORDER + 1)];
}

/** What nobody has described may hold patient data: unknown is not taken for harmless. */
function builtInZone(config: Config, name: string, title: string, order: number): Zone {
  return {
    name,
    title,
    networks: [...config.inside],
    vlans: [],
    data: ["patient-record"],
    jurisdiction: config.jurisdiction,
    isJudged: true,
    order,
  };
}
