import type { Draft } from "../draft.ts";
import { LARGEST_ORDER } from "../options/zones.ts";
import type { Finding, OptionPath } from "../problem.ts";
import { isCovered, merge, overlaps, type Range, rangeOf } from "../ranges.ts";

/** Where things are: zones and assets must be inside, and it must be certain which of two zones decides. */
export function places(draft: Draft): Finding[] {
  return [...site(draft), ...insideOnly(draft), ...reach(draft), ...overlappingZones(draft)];
}

function site({ site: { latitude, longitude } }: Draft): Finding[] {
  if ((latitude === undefined) === (longitude === undefined)) return [];
  const [given, missing] = latitude === undefined ? ["longitude", "latitude"] : ["latitude", "longitude"];
  return [{ path: ["site", given], message: `needs site.${missing} beside it` }];
}

function insideOnly(draft: Draft): Finding[] {
  // With a wrong entry among them nobody knows what is inside; that entry is reported already.
  if (draft.inside.length === 0 || draft.inside.includes(undefined)) return [];
  const inside = merge(draft.inside.map((network) => rangeOf(network ?? "")).filter((range) => range !== undefined));
  const findings: Finding[] = [];
  const check = (text: string | undefined, path: OptionPath) => {
    const range = rangeOf(text ?? "");
    if (!range || isCovered(range, inside)) return;
    findings.push({ path, message: `${text} is not within the site's inside networks`, suggestion: "add it to inside" });
  };
  for (const [n, zone] of draft.zones.entries()) {
    for (const [m, network] of (zone.networks ?? []).entries()) check(network, ["zones", n, "networks", m]);
  }
  for (const [n, asset] of draft.assets.entries()) check(asset.address, ["assets", n, "address"]);
  return findings;
}

function reach(draft: Draft): Finding[] {
  return draft.zones.flatMap((zone, n) =>
    zone.networks?.length === 0 && zone.vlans?.length === 0
      ? [{ path: ["zones", n], message: `zone ${zone.name ?? n} has neither networks nor vlans, so nothing is in it` }]
      : [],
  );
}

function overlappingZones(draft: Draft): Finding[] {
  const networks: { range: Range; entry: { zone: number; path: OptionPath; text: string } }[] = [];
  for (const [n, zone] of draft.zones.entries()) {
    for (const [m, text] of (zone.networks ?? []).entries()) {
      const range = rangeOf(text ?? "");
      if (range) networks.push({ range, entry: { zone: n, path: ["zones", n, "networks", m], text: text ?? "" } });
    }
  }
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const clash = (later: number, earlier: number, path: OptionPath, what: string) => {
    const [a, b] = [draft.zones[earlier], draft.zones[later]];
    const key = `${Math.min(later, earlier)} ${Math.max(later, earlier)}`;
    if (later === earlier || b.order === undefined || a.order !== b.order || seen.has(key)) return;
    seen.add(key);
    const first = b.order > 0 ? b.order - 1 : Math.min(b.order + 1, LARGEST_ORDER);
    findings.push({
      path,
      message: `${what}: zones ${a.name ?? earlier} and ${b.name ?? later} overlap and have the same order ${b.order}`,
      suggestion: `give the one that decides a lower order, for example order: ${first}`,
    });
  };
  overlaps(networks, (inner, outer) => clash(inner.zone, outer.zone, inner.path, `${inner.text} is within ${outer.text}`));
  const zoneOfVlan = new Map<number, number>();
  for (const [n, zone] of draft.zones.entries()) {
    for (const [m, vlan] of (zone.vlans ?? []).entries()) {
      if (vlan === undefined) continue;
      const other = zoneOfVlan.get(vlan);
      if (other === undefined) zoneOfVlan.set(vlan, n);
      else clash(n, other, ["zones", n, "vlans", m], `VLAN ${vlan} is in both`);
    }
  }
  return findings;
}
