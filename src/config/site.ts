import type { Asset, Authorisation, JurisdictionList, Party, Site, Zone } from "../model/site.ts";
import type { Config } from "./config.ts";
import { REST_ZONE, WHOLE_ZONE } from "./draft.ts";
import { DEFAULT_ORDER, LARGEST_ORDER } from "./options/zones.ts";

/** The monitored place as the core reads it. `builtIn`: the jurisdiction lists that come with bordertap. */
export function siteOf(config: Config, builtIn: readonly JurisdictionList[]): Site {
  return {
    name: config.site.name,
    latitude: config.site.latitude,
    longitude: config.site.longitude,
    timeZone: config.site.timeZone,
    inside: [...config.inside],
    zones: zonesOf(config),
    assets: config.assets.map(
      (asset): Asset => ({ address: asset.address, name: asset.name, owner: asset.owner, department: asset.department }),
    ),
    parties: config.parties.map((party): Party => ({ ...party, agreementEnds: party.agreementEnds })),
    authorisations: config.authorisations.map(
      (entry): Authorisation => ({
        ...entry,
        reference: entry.reference,
        from: entry.from,
        until: entry.until,
        owner: entry.owner,
        ticket: entry.ticket,
      }),
    ),
    jurisdictions: [...builtIn.map((list) => ({ ...list })), ...config.jurisdictions],
    jurisdiction: config.jurisdiction,
  };
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
