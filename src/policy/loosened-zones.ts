import type { Authorisation, Loosening, Site, Zone } from "../model/site.ts";
import { holdsPatientData } from "../model/site.ts";
import { added } from "./added.ts";
import { restOf, zoneChanges } from "./effective-zones.ts";

/**
 * Zones by what they mean for traffic: judged or not, patient data or not, and which countries are approved for them. First what
 * a zone of the same name means now, then the addresses and VLANs that another zone decides about.
 */
export function loosenedZones(before: Site, after: Site): Loosening[] {
  return [...ofMeaning(before, after), ...ofPlace(before, after)];
}

function ofMeaning(before: Site, after: Site): Loosening[] {
  const out: Loosening[] = [];
  const said = new Set<string>();
  const old = new Map(zonesOf(before).map((zone) => [zone.name, zone]));
  for (const zone of zonesOf(after)) {
    const was = old.get(zone.name);
    if (was === undefined) continue;
    const say = (text: string) => out.push({ kind: "zone", name: zone.name, text });
    if (was.isJudged && !zone.isJudged) say(`zone ${zone.name} is not judged any more`);
    if (holdsPatientData(was) && !holdsPatientData(zone)) say(`zone ${zone.name} is not held to contain patient data any more`);
    if (was.data.includes("device") && !zone.data.includes("device")) say(`zone ${zone.name} is not held to have medical devices any more`);
    if (was.data.includes("backup") && !zone.data.includes("backup")) say(`zone ${zone.name} is not held to send backups any more`);
    for (const code of added(approved(before, was), approved(after, zone))) {
      const text =
        was.jurisdiction === zone.jurisdiction
          ? `jurisdiction list ${zone.jurisdiction} approves ${code}`
          : `zone ${zone.name} is held against the list ${zone.jurisdiction}, which approves ${code}`;
      if (said.has(text)) continue;
      said.add(text);
      out.push({ kind: "country", name: code, text });
    }
  }
  return out;
}

function ofPlace(before: Site, after: Site): Loosening[] {
  return zoneChanges(before, after).flatMap(({ what, before: was, after: is }): Loosening[] => {
    if (was === undefined) return [{ kind: "inside", name: what, text: `${what} counts as inside: flows to it are not judged any more` }];
    if (is === undefined) return [{ kind: "inside", name: what, text: `${what} is not inside any more: its flows are not judged` }];
    const how = looserBy(before, was, after, is);
    return how === undefined ? [] : [{ kind: "zone", name: is.name, text: `${what} is now in zone ${is.name}, ${how}` }];
  });
}

/** How the zone `is` allows more than the zone `was` did, in a clause. */
function looserBy(before: Site, was: Zone, after: Site, is: Zone): string | undefined {
  if (!was.isJudged) return undefined;
  if (!is.isJudged) return "which is not judged";
  if (holdsPatientData(was) && !holdsPatientData(is)) return "which holds no patient data";
  const codes = was.jurisdiction === is.jurisdiction ? [] : added(approved(before, was), approved(after, is));
  if (codes.length > 0) return `whose list ${is.jurisdiction} approves ${codes.slice(0, 5).join(", ")}${codes.length > 5 ? " …" : ""}`;
  const had = new Set(before.authorisations.filter((entry) => isFor(entry, was)).map(({ id }) => id));
  const gained = after.authorisations.filter((entry) => isFor(entry, is) && !had.has(entry.id) && isOld(before, entry));
  return gained.length > 0 ? `to which authorisation ${gained[0].id} applies` : undefined;
}

/** New ones are told as what they are. */
function isOld(before: Site, { id }: Authorisation): boolean {
  return before.authorisations.some((entry) => entry.id === id);
}

function isFor({ zones }: Authorisation, { name }: Zone): boolean {
  return zones.length === 0 || zones.includes(name);
}

function zonesOf(site: Site): Zone[] {
  const rest = restOf(site);
  return site.zones.includes(rest) ? site.zones : [...site.zones, rest];
}

function approved(site: Site, { jurisdiction }: Zone): readonly string[] {
  return site.jurisdictions.find(({ name }) => name === jurisdiction)?.countries ?? [];
}
