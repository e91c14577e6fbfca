/**
 * Kinds of frames without IP. A kind is a number below 65,536: an EtherType stands for itself (they begin at 0x600),
 * an LLC service access point is its own number, Cisco's SNAP protocols and the rest have places of their own.
 */
export const KIND_CISCO = 0x100;
export const KIND_LLC = 0x200;
export const KIND_SNAP = 0x201;
export const KIND_LINK = 0x202;
export const KIND_WIRELESS = 0x203;

/** Most kinds without a name that are listed one by one; the rest is "other". */
const MOST_UNNAMED = 64;

const NAMES = new Map<number, string>([
  [0x42, "stp"],
  [0xe0, "ipx"],
  [0xf0, "netbios"],
  [0xfe, "isis"],
  [0xff, "ipx"],
  [KIND_CISCO + 0, "cdp"],
  [KIND_CISCO + 1, "vtp"],
  [KIND_CISCO + 2, "dtp"],
  [KIND_CISCO + 3, "pagp"],
  [KIND_CISCO + 4, "udld"],
  [KIND_CISCO + 5, "pvst"],
  [KIND_LLC, "llc"],
  [KIND_SNAP, "snap"],
  [KIND_LINK, "link-control"],
  [KIND_WIRELESS, "wireless"],
  [0x0806, "arp"],
  [0x0842, "wake-on-lan"],
  [0x22f0, "avtp"],
  [0x22f3, "trill"],
  [0x6003, "decnet"],
  [0x8035, "rarp"],
  [0x809b, "appletalk"],
  [0x80f3, "aarp"],
  [0x8137, "ipx"],
  [0x8808, "flow-control"],
  [0x8809, "slow"],
  [0x8847, "mpls"],
  [0x8848, "mpls"],
  [0x8863, "pppoe-discovery"],
  [0x8864, "pppoe"],
  [0x886d, "intel-ans"],
  [0x887b, "homeplug"],
  [0x888e, "eapol"],
  [0x8892, "profinet"],
  [0x88a2, "aoe"],
  [0x88a4, "ethercat"],
  [0x88b8, "goose"],
  [0x88ba, "sampled-values"],
  [0x88cc, "lldp"],
  [0x88e1, "homeplug"],
  [0x88e5, "macsec"],
  [0x88e7, "pbb"],
  [0x88f7, "ptp"],
  [0x8902, "cfm"],
  [0x8909, "cisco-metadata"],
  [0x8906, "fcoe"],
  [0x8914, "fip"],
  [0x8915, "roce"],
  [0x893a, "ieee1905"],
  [0x894f, "nsh"],
  [0x9000, "loop"],
  [0xd28b, "arista"],
]);

function nameOf(kind: number): string {
  const name = NAMES.get(kind);
  if (name !== undefined) return name;
  return kind < 0x100 ? `llc-0x${kind.toString(16).padStart(2, "0")}` : `ethertype-0x${kind.toString(16).padStart(4, "0")}`;
}

/** Counters by kind as counters by name, in order of name. */
export function kindsByName(counts: Float64Array): Record<string, number> {
  const totals = new Map<string, number>();
  let unnamed = 0;
  for (let kind = 0; kind < counts.length; kind += 1) {
    if (counts[kind] === 0) continue;
    if (!NAMES.has(kind)) unnamed += 1;
    const name = NAMES.has(kind) || unnamed <= MOST_UNNAMED ? nameOf(kind) : "other";
    totals.set(name, (totals.get(name) ?? 0) + counts[kind]);
  }
  return Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1)));
}
