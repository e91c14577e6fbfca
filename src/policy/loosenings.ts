import type { Authorisation, Loosening, Party, Site, WeeklyHours, Zone } from "../model/site.ts";
import { holdsPatientData } from "../model/site.ts";
import { isOpen, weekBoundaries } from "./hours.ts";

/** What policy rests on, of one configuration. */
export interface PolicyView {
  site: Site;
  /** Settings of each detection by name: `enabled`, severity, thresholds and lists. */
  detections: Readonly<Record<string, unknown>>;
}

const NO_ZONE = "unassigned";
/** New marks of one party that are named. */
const MOST_MARKS = 10;

/**
 * What `after` allows, or no longer looks for, that `before` did not: what a second person should have seen (GDPR 24, 25).
 * Names that people read, papers and owners are no part of it. Deterministic, in the order of the configuration.
 */
export function loosenings(before: PolicyView, after: PolicyView): Loosening[] {
  return [
    ...ofInside(before.site, after.site),
    ...ofZones(before.site, after.site),
    ...ofParties(before.site, after.site),
    ...ofAuthorisations(before.site, after.site),
    ...ofDetections(before.detections, after.detections),
  ];
}

function ofInside(before: Site, after: Site): Loosening[] {
  const say = (name: string, text: string): Loosening => ({ kind: "inside", name, text });
  return [
    ...added(before.inside, after.inside).map((network) =>
      say(network, `${network} counts as inside: flows to it are not judged any more`),
    ),
    ...added(after.inside, before.inside).map((network) => say(network, `${network} is not inside any more: its flows are not judged`)),
  ];
}

/** Zones by what they mean for traffic: judged or not, patient data or not, and which countries are approved for them. */
function ofZones(before: Site, after: Site): Loosening[] {
  const out: Loosening[] = [];
  const said = new Set<string>();
  const old = new Map(before.zones.map((zone) => [zone.name, zone]));
  const rest = restOf(before);
  for (const zone of after.zones) {
    // The addresses of a new zone were in another one, or in none.
    const was = old.get(zone.name) ?? rest;
    const say = (text: string) => out.push({ kind: "zone", name: zone.name, text });
    if (was.isJudged && !zone.isJudged) say(`zone ${zone.name} is not judged any more`);
    if (holdsPatientData(was) && !holdsPatientData(zone)) say(`zone ${zone.name} is not held to contain patient data any more`);
    if ((!zone.isJudged || !holdsPatientData(zone)) && old.has(zone.name)) {
      for (const network of added(was.networks, zone.networks))
        say(`${network} is now in zone ${zone.name}, which ${zone.isJudged ? "holds no patient data" : "is not judged"}`);
      for (const vlan of zone.vlans)
        if (!was.vlans.includes(vlan))
          say(`VLAN ${vlan} is now in zone ${zone.name}, which ${zone.isJudged ? "holds no patient data" : "is not judged"}`);
    }
    for (const code of added(approved(before, was.jurisdiction), approved(after, zone.jurisdiction))) {
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

function ofParties(before: Site, after: Site): Loosening[] {
  const old = new Map(before.parties.map((party) => [party.name, party]));
  return after.parties.flatMap((party) => {
    const was = old.get(party.name);
    const say = (text: string): Loosening => ({ kind: "party", name: party.name, text });
    if (!was) return [say(`party ${party.name} is registered`)];
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

/** A detection is looser when it is off, less severe, has a higher threshold, or excepts more. */
function ofDetections(before: PolicyView["detections"], after: PolicyView["detections"]): Loosening[] {
  const rank = ["info", "low", "medium", "high", "critical"];
  return Object.entries(before).flatMap(([name, settings]) => {
    const was = asRecord(settings);
    const now = asRecord(after[name]);
    const say = (text: string): Loosening => ({ kind: "detection", name, text: `detection ${name} ${text}` });
    if (was.enabled !== false && now.enabled === false) return [say("is off")];
    return Object.keys({ ...was, ...now }).flatMap((key) => {
      const [old, next] = [was[key], now[key]];
      if (key === "severity")
        return typeof next === "string" && (old === undefined || rank.indexOf(next) < rank.indexOf(String(old)))
          ? [say(`always has the severity ${next}`)]
          : [];
      if (typeof old === "number" && typeof next === "number" && next > old) return [say(`fires later: ${key} is ${next}, it was ${old}`)];
      const more = Array.isArray(next) ? added((Array.isArray(old) ? old : []).map(textOf), next.map(textOf)) : [];
      return more.length > 0 ? [say(`excepts ${more.slice(0, 5).join(", ")} (${key})`)] : [];
    });
  });
}

/** The zone of inside addresses that no zone holds: patient data, under the site's own list. */
function restOf(site: Site): Zone {
  const own = site.zones.find((zone) => zone.name === NO_ZONE) ?? site.zones.find((zone) => zone.networks.join() === site.inside.join());
  const rest: Zone = {
    name: NO_ZONE,
    title: "",
    networks: [],
    vlans: [],
    data: ["patient-record"],
    jurisdiction: site.jurisdiction,
    isJudged: true,
    order: 0,
  };
  return own ?? rest;
}

function approved(site: Site, list: string): readonly string[] {
  return site.jurisdictions.find(({ name }) => name === list)?.countries ?? [];
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

function added<T>(was: readonly T[], now: readonly T[]): T[] {
  const before = new Set(was);
  return now.filter((one) => !before.has(one));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
