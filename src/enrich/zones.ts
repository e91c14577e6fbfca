import type { FlowView } from "../model/flow.ts";
import type { Site, Zone } from "../model/site.ts";
import { prefixTable } from "./location/prefix-table.ts";

/** What `Zones.classify` says of an address: outside, local scope (link-local, multicast, loopback …), or 2 + index of its zone. */
export const OUTSIDE = 0;
export const LOCAL_SCOPE = 1;
const FIRST_ZONE = 2;
const VLAN_IDS = 4096;

/**
 * The zone of inside addresses that no zone holds, and of link-local and multicast traffic: the site's own of this name, or
 * the one that covers all of inside, or one made here. It holds patient data: unknown is not harmless.
 */
export const UNASSIGNED = "unassigned";

export interface Zones {
  /** Every zone, the one for unassigned addresses included. */
  readonly all: readonly Zone[];
  /** OUTSIDE, LOCAL_SCOPE or above for an inside address: see `isInside`. */
  classify(w0: number, w1: number, w2: number, w3: number): number;
  /**
   * The zone of a flow whose inside end was classified as `code`. A VLAN's zone and an address's zone compete by `order`
   * (the lower decides, the address on a tie); a zone by VLAN also takes addresses that are in no zone.
   */
  zoneOf(code: number, flow: FlowView): Zone;
}

export function isInside(code: number): boolean {
  return code >= FIRST_ZONE;
}

/** `localPrefixes`: link, host and multicast scope, whose traffic never leaves a site. The site's own networks come first. */
export function createZones(site: Site, localPrefixes: readonly string[]): Zones {
  const named =
    site.zones.find((zone) => zone.name === UNASSIGNED) ??
    site.zones.find((zone) => site.inside.length > 0 && site.inside.every((prefix) => zone.networks.includes(prefix)));
  const unassigned: Zone = named ?? {
    name: UNASSIGNED,
    title: "inside addresses in no zone",
    networks: [],
    vlans: [],
    data: ["patient-record"],
    jurisdiction: site.jurisdiction,
    isJudged: true,
    order: Number.MAX_SAFE_INTEGER,
  };
  const all = named ? site.zones : [...site.zones, unassigned];
  const unassignedCode = FIRST_ZONE + all.indexOf(unassigned);
  const lastOrder = Number.POSITIVE_INFINITY;
  const table = prefixTable([
    ...all.flatMap((zone, n) => zone.networks.map((prefix) => ({ prefix, value: FIRST_ZONE + n, order: zone.order }))),
    ...site.inside.map((prefix) => ({ prefix, value: unassignedCode, order: Number.MAX_VALUE })),
    ...localPrefixes.map((prefix) => ({ prefix, value: LOCAL_SCOPE, order: lastOrder })),
  ]);
  const byVlan = new Int16Array(VLAN_IDS).fill(-1);
  let hasVlans = false;
  for (const [n, zone] of all.entries()) {
    for (const id of zone.vlans) {
      if (byVlan[id] < 0 || zone.order < all[byVlan[id]].order) byVlan[id] = n;
      hasVlans = true;
    }
  }

  function vlanZone(flow: FlowView): Zone | undefined {
    const count = flow.vlanCount;
    const outer = count > 0 ? byVlan[flow.vlanOuter & 0xfff] : -1;
    const inner = count > 1 ? byVlan[flow.vlanInner & 0xfff] : -1;
    if (outer < 0) return inner < 0 ? undefined : all[inner];
    return inner >= 0 && all[inner].order < all[outer].order ? all[inner] : all[outer];
  }

  return {
    all,
    classify: (w0, w1, w2, w3) => table.find(w0, w1, w2, w3),
    zoneOf(code, flow) {
      const byAddress = code >= FIRST_ZONE ? all[code - FIRST_ZONE] : unassigned;
      if (!hasVlans) return byAddress;
      const byTag = vlanZone(flow);
      return byTag !== undefined && (byAddress === unassigned || byTag.order < byAddress.order) ? byTag : byAddress;
    },
  };
}
