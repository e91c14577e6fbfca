import { BoundedMap } from "../lib/bounded-map.ts";
import { type AddressWords, formatAddress, parseAddress } from "../lib/ip.ts";
import type { DhcpFacts, Resolution } from "../model/facts.ts";
import type { Asset } from "../model/site.ts";
import { type Assets, macKeyOf } from "./assets.ts";

/** Inside hosts known by hints; of more, the one that was heard of first goes. */
const MOST_HOSTS = 16_384;
const LONGEST_NAME = 100;

/**
 * Who inside hosts are, by what the wire says where no asset is registered at their address:
 * - a DHCP lease (RFC 2131, RFC 8415) ties address and MAC address together, so an asset registered by MAC address is known
 *   wherever it roams, also behind routers; it also tells the name that the host gives itself
 * - a DNS answer that gives a name for an inside address
 * Hints name hosts and decide nothing: zones go by address and VLAN alone.
 */
export interface InsideHosts {
  lease(facts: DhcpFacts): void;
  /** `isInside` tells whether an address is the site's. */
  resolved(resolution: Resolution, isInside: (w0: number, w1: number, w2: number, w3: number) => boolean): void;
  hostOf(w0: number, w1: number, w2: number, w3: number): Asset | undefined;
  count(): number;
}

export function createInsideHosts(assets: Assets, limit = MOST_HOSTS): InsideHosts {
  // Keyed by address as a number or text.
  const hosts = new BoundedMap<number | string, Asset>(limit);

  function put(words: Readonly<AddressWords>, asset: Asset): void {
    hosts.set(keyOf(words[0], words[1], words[2], words[3]), asset);
  }

  return {
    lease({ address, hostname, mac }) {
      const words = address === undefined ? undefined : parseAddress(address);
      if (!words || address === undefined) return;
      const key = mac === undefined ? undefined : macKeyOf(mac);
      const registered = key === undefined ? undefined : assets.ofMac(Math.floor(key / 0x10000), key & 0xffff);
      const held = hosts.get(keyOf(...words));
      if (registered !== undefined) put(words, registered);
      else if (hostname !== undefined && hostname !== "" && held?.name !== hostname.slice(0, LONGEST_NAME))
        put(words, hint(address, hostname, "dhcp"));
      // Leased to a host without a name: whoever had the address before is gone, if it was another.
      else if (hostname === undefined && held !== undefined && mac !== undefined && held.mac !== mac) hosts.delete(keyOf(...words));
    },
    resolved({ name, addresses }, isInside) {
      if (addresses.length < 4) return;
      const [w0, w1, w2, w3] = addresses;
      if (!isInside(w0, w1, w2, w3)) return;
      const held = hosts.get(keyOf(w0, w1, w2, w3));
      // What the host or the register says of itself is better than any of the names that lead to it.
      if (held === undefined) put([w0, w1, w2, w3], hint(formatAddress(w0, w1, w2, w3), name, "dns"));
    },
    hostOf: (w0, w1, w2, w3) => (hosts.size === 0 ? undefined : hosts.get(keyOf(w0, w1, w2, w3))),
    count: () => hosts.size,
  };
}

function hint(address: string, name: string, learnedFrom: "dhcp" | "dns"): Asset {
  return { address, name: name.slice(0, LONGEST_NAME), owner: undefined, department: undefined, learnedFrom };
}

/** IPv4 without a text: nearly all hosts. */
function keyOf(w0: number, w1: number, w2: number, w3: number): number | string {
  return w0 === 0 && w1 === 0 && w2 === 0xffff ? w3 : `${w0},${w1},${w2},${w3}`;
}
