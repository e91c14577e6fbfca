import { type AddressWords, parseAddress } from "../lib/ip.ts";
import type { Resolution } from "../model/facts.ts";

/** Names whose address is kept; of more, the one learned first goes. */
const MOST_NAMES = 16_384;

/** Where a proxy was asked to go. One object serves all: read it at once. */
export interface ProxyTarget {
  /** Name or address without the port. */
  host: string;
  isName: boolean;
  /** NO_PORT (-1) when none is said. */
  port: number;
  /** Where it is: what is written, or what DNS last answered for the name; undefined when nobody asked on this wire. */
  address: AddressWords | undefined;
}

/**
 * Real targets of flows to a proxy of the site: the name that was asked for, located by the DNS answers seen (the proxy's own
 * questions, most often). A name nobody asked for on this wire has no address: where it is cannot be told.
 */
export interface ProxyTargets {
  learn(resolution: Resolution): void;
  /** Of "host:port" or "[ip6]:port"; undefined when it is neither. */
  read(text: string): ProxyTarget | undefined;
}

export function createProxyTargets(limit = MOST_NAMES): ProxyTargets {
  const addresses = new Map<string, AddressWords>();
  const target: ProxyTarget = { host: "", isName: false, port: -1, address: undefined };
  return {
    learn({ name, addresses: words }) {
      if (words.length < 4) return;
      const held = addresses.get(name);
      if (held !== undefined) {
        for (let n = 0; n < 4; n += 1) held[n] = words[n];
        return;
      }
      if (addresses.size >= limit) {
        for (const oldest of addresses.keys()) {
          addresses.delete(oldest);
          break;
        }
      }
      addresses.set(name, [words[0], words[1], words[2], words[3]]);
    },
    read(text) {
      const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(text);
      if (!match) return undefined;
      const [, v6, plain, port] = match;
      const host = (v6 ?? plain).toLowerCase().replace(/\.$/, "");
      const literal = parseAddress(host);
      target.host = host;
      target.isName = literal === undefined;
      target.port = port === undefined ? -1 : Math.min(Number(port), 65_535);
      target.address = literal ?? addresses.get(host);
      return target;
    },
  };
}
