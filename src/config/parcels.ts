import { mapped, type Sliced } from "../lib/slices.ts";

/** Values to a parcel: taking one over costs about a millisecond. */
const MOST_VALUES = 4096;

/** Entries of the list at `path`, in order; or of the value itself, with its longer lists emptied, when `path` is undefined. */
export interface Parcel {
  path: (string | number)[] | undefined;
  value: unknown;
}

/**
 * A plain value in pieces that can be sent one at a time: first the value without the entries of its longer lists, then these.
 * Between threads a value is copied while the taker can do nothing else.
 */
export function parcelsOf(value: unknown): Parcel[] {
  const parcels: Parcel[] = [];
  /** Values within `one`, as far as that is of interest. */
  const sizeOf = (one: unknown): number => {
    if (typeof one !== "object" || one === null) return 1;
    let size = 1;
    for (const part of Object.values(one)) {
      if (size > MOST_VALUES) return size;
      size += sizeOf(part);
    }
    return size;
  };
  const cut = (one: unknown, path: (string | number)[]): unknown => {
    if (typeof one !== "object" || one === null || sizeOf(one) <= MOST_VALUES) return one;
    if (!Array.isArray(one)) return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, cut(part, [...path, key])]));
    let entries: unknown[] = [];
    let size = 0;
    const rest: Parcel[] = [];
    const close = () => {
      if (entries.length > 0) parcels.push({ path, value: entries }, ...rest.splice(0));
      entries = [];
      size = 0;
    };
    for (const [n, entry] of one.entries()) {
      const own = sizeOf(entry);
      if (size + own > MOST_VALUES) close();
      // What is within an entry comes after the entry itself.
      const before = parcels.length;
      entries.push(cut(entry, [...path, n]));
      rest.push(...parcels.splice(before));
      size += own;
    }
    close();
    return [];
  };
  const skeleton = cut(value, []);
  return [{ path: undefined, value: skeleton }, ...parcels];
}

/** Puts a piece to those that came before it; gives the value so far. */
export function unpack(whole: unknown, { path, value }: Parcel): unknown {
  if (path === undefined) return value;
  let list = whole;
  for (const step of path) list = (list as Record<string | number, unknown>)[step];
  (list as unknown[]).push(...(value as unknown[]));
  return whole;
}

/** Freezes a value with all that is in it. */
export function* frozen<T>(value: T): Sliced<T> {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const parts = Object.values(value);
  if (parts.length < 64) for (const part of parts) yield* frozen(part);
  else yield* mapped(parts, freezeNow, 64);
  Object.freeze(value);
  return value;
}

function freezeNow(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const part of Object.values(value)) freezeNow(part);
  Object.freeze(value);
}
