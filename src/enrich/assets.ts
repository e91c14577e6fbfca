import { type AddressWords, parseAddress, parsePrefix } from "../lib/ip.ts";
import type { Asset } from "../model/site.ts";
import { AddressMap } from "./location/address-map.ts";
import { prefixTable } from "./location/prefix-table.ts";

/** Inside hosts and devices by address, network or MAC address. */
export interface Assets {
  /** By address, else by the most specific network. */
  assetOf(w0: number, w1: number, w2: number, w3: number): Asset | undefined;
  /** By MAC address: its first four bytes and its last two. */
  ofMac(high: number, low: number): Asset | undefined;
  hasMacs: boolean;
}

/** Of two assets with one address the first one counts. Throws when an address is none: configuration is checked before. */
export function createAssets(assets: readonly Asset[]): Assets {
  const single: { address: AddressWords; value: number }[] = [];
  const prefixes: { prefix: string; value: number }[] = [];
  const byMac = new Map<number, Asset>();
  for (const [n, asset] of assets.entries()) {
    const { address: text, mac, name } = asset;
    const key = mac === undefined ? undefined : macKeyOf(mac);
    if (key !== undefined && !byMac.has(key)) byMac.set(key, asset);
    if (text === "") continue;
    const address = parseAddress(text);
    if (address) single.push({ address, value: n + 1 });
    else if (parsePrefix(text)) prefixes.push({ prefix: text, value: n + 1 });
    else throw new Error(`asset ${name}: ${text} is no address`);
  }
  const map = new AddressMap(single);
  const table = prefixes.length > 0 ? prefixTable(prefixes) : undefined;
  return {
    assetOf(w0, w1, w2, w3) {
      const value = single.length === 0 ? 0 : map.find(w0, w1, w2, w3);
      if (value > 0) return assets[value - 1];
      const around = table === undefined ? 0 : table.find(w0, w1, w2, w3);
      return around === 0 ? undefined : assets[around - 1];
    },
    ofMac: (high, low) => byMac.get(macKey(high, low)),
    hasMacs: byMac.size > 0,
  };
}

/** A MAC address as one number. */
export function macKey(high: number, low: number): number {
  return (high >>> 0) * 0x10000 + (low & 0xffff);
}

/** Of its text ("00:1b:…"); undefined when it is none. */
export function macKeyOf(text: string): number | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text.replaceAll(":", ""), 16) : undefined;
}
