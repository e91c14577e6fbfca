import { Elements } from "./elements.ts";
import { LABELS } from "./index.ts";
import type { ElementLabel, Label, NumberLabel, OpeningLabel, TextLabel } from "./label.ts";
import { Numbers } from "./numbers.ts";
import { Words } from "./words.ts";

/** The labels, sorted by what looks for them; made once for all flows. */
export class Classes {
  readonly numbers: Numbers;
  readonly words: Words;
  readonly elements: Elements;
  readonly openings: readonly OpeningLabel[];
  readonly numberLabels: readonly NumberLabel[];
  readonly textLabels: readonly TextLabel[];
  readonly elementLabels: readonly ElementLabel[];
  /** Most bytes of content that are looked at on one flow, of each side. */
  readonly bytesPerSide: number;
  /** Key of the digests by which numbers are told apart. */
  readonly key: Int32Array;

  constructor(bytesPerSide: number, key: Int32Array, labels: readonly Label[] = LABELS) {
    this.bytesPerSide = bytesPerSide;
    this.key = key;
    this.numberLabels = labels.filter((label) => label.kind === "number");
    this.textLabels = labels.filter((label) => label.kind === "text");
    this.elementLabels = labels.filter((label) => label.kind === "elements");
    this.openings = labels.filter((label) => label.kind === "opening");
    this.numbers = new Numbers(this.numberLabels);
    this.words = new Words(this.textLabels);
    this.elements = new Elements(this.elementLabels);
  }
}

/** The labels for content of at most so many kilobytes a side of a flow; undefined for 0. `random` fills words with random bits. */
export function createClasses(kilobytesPerSide: number, random: (words: Int32Array) => void): Classes | undefined {
  if (kilobytesPerSide === 0) return undefined;
  const key = new Int32Array(2);
  random(key);
  return new Classes(kilobytesPerSide * 1000, key);
}
