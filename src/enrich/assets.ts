import { parseAddress } from "../lib/ip.ts";
import type { Asset } from "../model/site.ts";
import { AddressMap } from "./location/address-map.ts";

/** Inside hosts and devices by address. */
export interface Assets {
  assetOf(w0: number, w1: number, w2: number, w3: number): Asset | undefined;
}

/** Of two assets with one address the first one counts. Throws when an address is none: configuration is checked before. */
export function createAssets(assets: readonly Asset[]): Assets {
  const entries = assets.map(({ address: text, name }, n) => {
    const address = parseAddress(text);
    if (!address) throw new Error(`asset ${name}: ${text} is no address`);
    return { address, value: n + 1 };
  });
  const map = new AddressMap(entries);
  return {
    assetOf(w0, w1, w2, w3) {
      const value = entries.length === 0 ? 0 : map.find(w0, w1, w2, w3);
      return value === 0 ? undefined : assets[value - 1];
    },
  };
}
