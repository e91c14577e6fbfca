import type { Sliced } from "./slices.ts";

/** Whether two plain values mean the same: the order of keys does not count, and what is undefined is as if it were not there. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b || typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, n) => isEqual(one, b[n]));
  const [was, is] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  for (const key in was) if (!isEqual(was[key], is[key])) return false;
  for (const key in is) if (is[key] !== undefined && was[key] === undefined) return false;
  return true;
}

/** The same for values of which some are long lists. */
export function* isEqualSliced(a: unknown, b: unknown): Sliced<boolean> {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return isEqual(a, b);
  for (let n = 0; n < a.length; n += 1) {
    if (n % 256 === 255) yield;
    if (!isEqual(a[n], b[n])) return false;
  }
  return true;
}
