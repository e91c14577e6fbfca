/** What `now` has and `was` had not, in the order of `now`. */
export function added<T>(was: readonly T[], now: readonly T[]): T[] {
  const before = new Set(was);
  return now.filter((one) => !before.has(one));
}
