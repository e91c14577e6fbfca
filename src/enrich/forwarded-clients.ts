import { BoundedMap } from "../lib/bounded-map.ts";
import { type AddressWords, parseAddress } from "../lib/ip.ts";
import type { ForwardedFacts } from "../model/facts.ts";
import type { Asset } from "../model/site.ts";
import { prefixTable } from "./location/prefix-table.ts";

/** Clients whose names are kept ready; of more, the one met first goes. */
const MOST_CLIENTS = 4096;

/** Who an inside proxy of the site sent its requests for, by its own word. */
export interface ForwardedClients {
  /**
   * The inside client of a flow that `sender` opened: undefined when the sender is no configured proxy, when the requests are of
   * several clients, and when the last hop that is no proxy of the site is not inside.
   */
  clientOf(forwarded: ForwardedFacts, sender: Readonly<AddressWords>): Asset | undefined;
}

/**
 * A proxy adds the address that it was asked from to what was there, so of a chain the last hop that is no proxy of the site is
 * true; all before it may be made up by the client.
 */
export function createForwardedClients(
  proxies: readonly string[],
  isInside: (w0: number, w1: number, w2: number, w3: number) => boolean,
  assetOf: (words: Readonly<AddressWords>) => Asset | undefined,
): ForwardedClients {
  const table = prefixTable(proxies.map((prefix) => ({ prefix, value: 1 })));
  const isProxy = (words: Readonly<AddressWords>) => table.find(words[0], words[1], words[2], words[3]) === 1;
  const clients = new BoundedMap<string, Asset>(MOST_CLIENTS);

  /** The last hop that is no proxy of the site, when it is inside. */
  function clientIn(chain: string): string | undefined {
    const hops = chain.split(", ");
    for (let n = hops.length - 1; n >= 0; n -= 1) {
      const words = parseAddress(hops[n]);
      if (words === undefined) return undefined;
      if (!isProxy(words)) return isInside(words[0], words[1], words[2], words[3]) ? hops[n] : undefined;
    }
    return undefined;
  }

  /** One object for each, as long as it is called the same. Its MAC address is left out: what it sends itself is counted already. */
  function named(address: string, known: Asset | undefined): Asset {
    const name = known?.name ?? address;
    const held = clients.get(address);
    if (held !== undefined && held.name === name) return held;
    const client: Asset = {
      address,
      name,
      owner: known?.owner,
      department: known?.department,
      learnedFrom: "proxy",
    };
    clients.set(address, client);
    return client;
  }

  return {
    clientOf({ for: chains }, sender) {
      if (!isProxy(sender)) return undefined;
      let client: string | undefined;
      for (const chain of chains) {
        const hop = clientIn(chain);
        if (hop === undefined || (client !== undefined && hop !== client)) return undefined;
        client = hop;
      }
      const words = client === undefined ? undefined : parseAddress(client);
      return client === undefined || words === undefined ? undefined : named(client, assetOf(words));
    },
  };
}
