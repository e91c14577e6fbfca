import { type AddressWords, formatAddress, parsePrefix, V4_MAPPED } from "../lib/ip.ts";
import type { Site, Zone } from "../model/site.ts";

const NO_ZONE = "unassigned";
const FIRST_V4 = BigInt(V4_MAPPED) << 32n;
const LAST_V4 = FIRST_V4 | 0xffffffffn;

/** Addresses, or a VLAN, whose zone is another one than before; undefined: they are not inside. */
export interface ZoneChange {
  /** "10.1.0.0/16", "10.1.0.0–10.1.2.255", "VLAN 12". */
  what: string;
  before: Zone | undefined;
  after: Zone | undefined;
}

interface Painted {
  first: bigint;
  last: bigint;
  zone: Zone;
  order: number;
  bits: number;
}

/** The zone of inside addresses that no zone holds: the site's own of that name, or the one over all of inside, or one made here. */
export function restOf(site: Site): Zone {
  return (
    site.zones.find((zone) => zone.name === NO_ZONE) ??
    site.zones.find((zone) => site.inside.length > 0 && site.inside.every((prefix) => zone.networks.includes(prefix))) ?? {
      name: NO_ZONE,
      title: "",
      networks: [],
      vlans: [],
      data: ["patient-record"],
      jurisdiction: site.jurisdiction,
      isJudged: true,
      order: Number.MAX_SAFE_INTEGER,
    }
  );
}

/**
 * Where the zone that decides is another one, in the order of addresses, then VLANs. Zones decide as they do for flows: the lower
 * `order`, then the longer prefix, then the first given; a VLAN's zone where its order is lower, or where no zone holds the address.
 */
export function zoneChanges(before: Site, after: Site): ZoneChange[] {
  const [old, now] = [paintedOf(before), paintedOf(after)];
  const bounds = boundsOf([...old, ...now]);
  const [oldZones, newZones] = [paint(old, bounds), paint(now, bounds)];
  const out: ZoneChange[] = [];
  const pairs = new Map<string, [Zone, Zone]>();
  let from = 0;
  for (let n = 0; n < bounds.length; n += 1) {
    const [b, a] = [oldZones[n], newZones[n]];
    if (b !== undefined && a !== undefined) pairs.set(`${b.name}\t${a.name}`, [b, a]);
    if (n + 1 < bounds.length && oldZones[n + 1] === b && newZones[n + 1] === a) continue;
    if (b?.name !== a?.name) out.push({ what: rangeText(bounds[from], bounds[n + 1] - 1n), before: b, after: a });
    from = n + 1;
  }
  return [...out, ...vlanChanges(before, after, [...pairs.values()])];
}

function vlanChanges(before: Site, after: Site, pairs: readonly [Zone, Zone][]): ZoneChange[] {
  const [old, now] = [vlansOf(before), vlansOf(after)];
  const [oldRest, newRest] = [restOf(before).name, restOf(after).name];
  const out = new Map<string, ZoneChange>();
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => a - b))
    for (const [b, a] of pairs) {
      const was = byTag(b, old.get(id), oldRest);
      const is = byTag(a, now.get(id), newRest);
      // Where the tag decides neither time, the addresses tell it.
      if (was.name === is.name || (was === b && is === a)) continue;
      out.set(`${id} ${was.name} ${is.name}`, { what: `VLAN ${id}`, before: was, after: is });
    }
  return [...out.values()];
}

function byTag(byAddress: Zone, tagged: Zone | undefined, rest: string): Zone {
  return tagged !== undefined && (byAddress.name === rest || tagged.order < byAddress.order) ? tagged : byAddress;
}

function vlansOf({ zones }: Site): Map<number, Zone> {
  const out = new Map<number, Zone>();
  for (const zone of zones)
    for (const id of zone.vlans) {
      const held = out.get(id);
      if (held === undefined || zone.order < held.order) out.set(id, zone);
    }
  return out;
}

/** The prefixes of a site, the one that decides first. */
function paintedOf(site: Site): Painted[] {
  const rest = restOf(site);
  const all = [
    ...site.zones.flatMap((zone) => zone.networks.flatMap((network) => rangesOf(network, zone, zone.order))),
    ...site.inside.flatMap((network) => rangesOf(network, rest, Number.MAX_VALUE)),
  ];
  return all
    .map((one, given) => ({ one, given }))
    .sort((a, b) => a.one.order - b.one.order || b.one.bits - a.one.bits || a.given - b.given)
    .map(({ one }) => one);
}

/** IPv4 lies inside ::/0 as numbers go, but not as people mean it: a wide IPv6 prefix is what is around it. */
function rangesOf(network: string, zone: Zone, order: number): Painted[] {
  const range = parsePrefix(network);
  if (range === undefined) return [];
  const isV6 = network.includes(":");
  const part = (first: bigint, last: bigint): Painted => ({ first, last, zone, order, bits: isV6 ? range.length : range.length + 96 });
  const [first, last] = [numberOf(range.first), numberOf(range.last)];
  if (first > FIRST_V4 || last < LAST_V4 || first === FIRST_V4) return [part(first, last)];
  return [part(first, FIRST_V4 - 1n), part(LAST_V4 + 1n, last)];
}

/** Where any range begins, or the one after it does; in order. What is between two of them has one zone. */
function boundsOf(ranges: readonly Painted[]): bigint[] {
  return [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1n]))].sort((a, b) => (a < b ? -1 : 1));
}

function paint(ranges: readonly Painted[], bounds: readonly bigint[]): (Zone | undefined)[] {
  const indexes = new Map(bounds.map((bound, n) => [bound, n]));
  const out: (Zone | undefined)[] = new Array(bounds.length).fill(undefined);
  for (let n = ranges.length - 1; n >= 0; n -= 1) out.fill(ranges[n].zone, indexes.get(ranges[n].first), indexes.get(ranges[n].last + 1n));
  return out;
}

function numberOf(words: Readonly<AddressWords>): bigint {
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
}

function textOf(address: bigint): string {
  const word = (n: bigint) => Number((address >> (n * 32n)) & 0xffffffffn) | 0;
  return formatAddress(word(3n), word(2n), word(1n), word(0n));
}

/** As a prefix where it is one, else as its ends. */
function rangeText(first: bigint, last: bigint): string {
  const size = last - first + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && first % size === 0n;
  const bits = size.toString(2).length - 1;
  const text = textOf(first);
  return isPrefix ? `${text}/${(text.includes(":") ? 128 : 32) - bits}` : `${text}–${textOf(last)}`;
}
