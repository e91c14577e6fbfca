import type { Party } from "../model/site.ts";

/** Subjects whose party is remembered; beyond them all are looked up anew. */
const MOST_SUBJECTS = 16_384;
/** Registered parts are found by their first four characters, so a subject costs one look-up for each of its characters. */
const GRAM = 4;
/** A subject is looked at so far: nobody's own part stands behind it. */
const LONGEST_SUBJECT = 1024;

/** Certificate subject → 1 + index of the party that has a part of it; 0: nobody's. Undefined when no party has any. */
export function createSubjects(parties: readonly Party[]): ((subject: string) => number) | undefined {
  const byGram = new Map<string, { part: string; value: number }[]>();
  for (const [n, party] of parties.entries()) {
    for (const written of party.certificateSubjects ?? []) {
      const part = written.toLowerCase();
      const held = byGram.get(part.slice(0, GRAM)) ?? [];
      held.push({ part, value: n + 1 });
      byGram.set(part.slice(0, GRAM), held);
    }
  }
  if (byGram.size === 0) return undefined;
  // Parts are often "O=…": the longest that begins alike is tried first, so the most specific one wins.
  for (const held of byGram.values()) held.sort((a, b) => b.part.length - a.part.length || a.value - b.value);
  const known = new Map<string, number>();

  function search(subject: string): number {
    const text = subject.slice(0, LONGEST_SUBJECT).toLowerCase();
    let best = 0;
    let length = 0;
    for (let at = 0; at + GRAM <= text.length; at += 1) {
      const found = byGram.get(text.slice(at, at + GRAM))?.find(({ part }) => text.startsWith(part, at));
      if (found === undefined || found.part.length < length || (found.part.length === length && found.value > best)) continue;
      best = found.value;
      length = found.part.length;
    }
    return best;
  }

  return (subject) => {
    const held = known.get(subject);
    if (held !== undefined) return held;
    const value = search(subject);
    if (known.size >= MOST_SUBJECTS) known.clear();
    known.set(subject, value);
    return value;
  };
}

/**
 * AE titles → 1 + index of the party that has the first one known; 0: nobody's. Leading and trailing spaces do not count
 * (PS3.5 §6.2). Undefined when no party has any.
 */
export function createAeTitles(parties: readonly Party[]): ((titles: readonly string[] | undefined) => number) | undefined {
  const byTitle = new Map<string, number>();
  for (const [n, party] of parties.entries()) {
    for (const title of party.aeTitles ?? []) if (!byTitle.has(title.trim())) byTitle.set(title.trim(), n + 1);
  }
  if (byTitle.size === 0) return undefined;
  return (titles) => {
    if (titles === undefined) return 0;
    for (const title of titles) {
      const value = byTitle.get(title) ?? byTitle.get(title.trim());
      if (value !== undefined) return value;
    }
    return 0;
  };
}
