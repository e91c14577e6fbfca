import type { ContentFacts } from "../../model/facts.ts";
import type { Classes } from "./classes.ts";
import { Distinct } from "./distinct.ts";

/** Where at least so many of those that have a number's form pass its check, chance is no matter: with two check digits, and with one. */
const MOST_RIGHT = 0.5;
const MOST_RIGHT_OF_ONE_DIGIT = 0.75;
/** A check that so many pass by chance has one digit. */
const ONE_DIGIT_CHANCE = 0.05;
/** Natural logarithm of how improbable it must be that so many pass by chance: once in three thousand flows. */
const LEAST_SURPRISE = 8;

/** Numbers of one label. */
interface NumberTally {
  right: [Distinct, Distinct];
  wrong: Distinct;
}

/** What was found on one flow, by side of who sent it. */
export class Tally {
  /** Something changed since it was last asked for. */
  isNew = false;
  private readonly classes: Classes;
  private readonly counts = new Map<string, [number, number]>();
  private readonly words: [number, number][] = [];
  private besides = 0;
  private readonly numbers: (NumberTally | undefined)[] = [];

  constructor(classes: Classes) {
    this.classes = classes;
  }

  count(label: string, side: 0 | 1): void {
    const counts = this.counts.get(label) ?? [0, 0];
    counts[side] += 1;
    this.counts.set(label, counts);
    this.isNew = true;
  }

  countWord(index: number, isBeside: boolean, side: 0 | 1): void {
    if (isBeside) {
      const isKnown = (this.besides & (1 << index)) !== 0;
      this.besides |= 1 << index;
      if (!isKnown && this.words[index] !== undefined) this.isNew = true;
      return;
    }
    this.words[index] ??= [0, 0];
    this.words[index][side] += 1;
    this.isNew = true;
  }

  forgetBesides(): void {
    this.besides = 0;
  }

  countNumber(index: number, characters: Uint8Array, isRight: boolean, side: 0 | 1): void {
    const { key } = this.classes;
    this.numbers[index] ??= { right: [new Distinct(key), new Distinct(key)], wrong: new Distinct(key) };
    const tally = this.numbers[index];
    if ((isRight ? tally.right[side] : tally.wrong).add(characters)) this.isNew = true;
  }

  /** As facts have it; `responder`: the side that answers. A number that both sides sent counts once for each. */
  content(responder: 0 | 1): ContentFacts[] {
    const { textLabels, numberLabels } = this.classes;
    const sums = new Map<string, ContentFacts>();
    const add = (label: string, counts: readonly [number, number]) => {
      const count = counts[0] + counts[1];
      if (count === 0) return;
      const sum = sums.get(label) ?? { label, count: 0 };
      sum.count += count;
      const fromResponder = (sum.fromResponder ?? 0) + counts[responder];
      if (fromResponder > 0) sum.fromResponder = fromResponder;
      sums.set(label, sum);
    };
    for (const [label, counts] of this.counts) add(label, counts);
    for (const [index, { label, beside }] of textLabels.entries()) {
      const counts = this.words[index];
      if (counts !== undefined && (beside === undefined || (this.besides & (1 << index)) !== 0)) add(label, counts);
    }
    for (const [index, { label, chance }] of numberLabels.entries()) {
      const tally = this.numbers[index];
      if (tally === undefined) continue;
      const [one, other] = tally.right;
      const right = one.count + one.beyond + other.count + other.beyond;
      if (isNoChance(right, right + tally.wrong.count + tally.wrong.beyond, chance)) add(label, [one.count, other.count]);
    }
    return [...sums.values()];
  }
}

/**
 * Whether `right` of `all` are too many for numbers of which each is right with probability `chance` (Chernoff's bound on the
 * binomial tail). A few wrong ones hide none: neither those that anybody puts beside them, nor prices in the same table.
 */
function isNoChance(right: number, all: number, chance: number): boolean {
  const share = right / all;
  if (share >= (chance > ONE_DIGIT_CHANCE ? MOST_RIGHT_OF_ONE_DIGIT : MOST_RIGHT)) return true;
  if (share <= chance) return false;
  return all * (share * Math.log(share / chance) + (1 - share) * Math.log((1 - share) / (1 - chance))) >= LEAST_SURPRISE;
}
