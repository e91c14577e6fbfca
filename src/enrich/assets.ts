import type { Asset } from "../model/site.ts";
import { prefixTable } from "./location/prefix-table.ts";

/** Inside hosts and devices by address. */
export interface Assets {
  assetOf(w0: number, w1: number, w2: number, w3: number): Asset | undefined;
}

/** An asset's address may be a prefix too (a modality with a block of its own); the longest one decides. */
export function createAssets(assets: readonly Asset[]): Assets {
  const table = prefixTable(assets.map(({ address }, n) => ({ prefix: address, value: n + 1 })));
  return { assetOf: (w0, w1, w2, w3) => assets[table.find(w0, w1, w2, w3) - 1] };
}
