import type { DoubleList } from "./grow.ts";

/**
 * The order of the contract: by start, then by first packet (flow id). Ids count flows by their first packets, so unless
 * time went backwards the order of ids is already it, and no comparing sort is needed.
 */
export function orderOf(starts: DoubleList, ids: DoubleList): Uint32Array {
  const order = byId(ids) ?? Uint32Array.from({ length: ids.length }, (_, index) => index);
  let isSorted = true;
  for (let n = 1; n < order.length && isSorted; n += 1) {
    const [a, b] = [order[n - 1], order[n]];
    isSorted = starts.at(a) < starts.at(b) || (starts.at(a) === starts.at(b) && ids.at(a) <= ids.at(b));
  }
  // Equal ids (several sensor threads) keep the order in which they came.
  return isSorted ? order : order.sort((a, b) => starts.at(a) - starts.at(b) || ids.at(a) - ids.at(b) || a - b);
}

/** Positions by id, when ids are whole, distinct and close together; undefined otherwise. */
function byId(ids: DoubleList): Uint32Array | undefined {
  const count = ids.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < count; n += 1) {
    const id = ids.at(n);
    if (id < least) least = id;
    if (id > most) most = id;
  }
  if (count === 0 || most - least >= count * 4) return undefined;
  const places = new Uint32Array(most - least + 1);
  for (let n = 0; n < count; n += 1) {
    const at = ids.at(n) - least;
    if (!Number.isInteger(at) || places[at] !== 0) return undefined;
    places[at] = n + 1;
  }
  const order = new Uint32Array(count);
  let filled = 0;
  for (let at = 0; at < places.length; at += 1) if (places[at] !== 0) order[filled++] = places[at] - 1;
  return order;
}
