import type { NumberLabel } from "./label.ts";

/** What is kept of a piece of text while it may yet be a number: a few times the longest way to write one. */
const KEPT = 48;
/** The longest way to write one: fifteen digits in seven groups. */
const LONGEST_WRITTEN = 21;
const SHORTEST = 10;
const MAX_GROUPS = KEPT;

const OTHER = 0;
const DIGIT = 1;
const CAPITAL = 2;
const LETTER = 3;
const JOINER = 4;
const SPACE = 5;

const KIND = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  if (byte >= 0x30 && byte <= 0x39) KIND[byte] = DIGIT;
  else if (byte >= 0x41 && byte <= 0x5a) KIND[byte] = CAPITAL;
  else if ((byte >= 0x61 && byte <= 0x7a) || byte >= 0xc0) KIND[byte] = LETTER;
}
KIND[0x2e] = JOINER;
KIND[0x2d] = JOINER;
KIND[0x20] = SPACE;

/** Bytes between words. */
const IS_BETWEEN = KIND.map((kind) => (kind === OTHER || kind >= JOINER ? 1 : 0));

const IDLE = 0;
const COLLECTING = 1;
const PASSING = 2;

/** Where one direction is in its text. */
export interface NumbersState {
  mode: number;
  kept: Uint8Array;
  length: number;
}

export const newNumbersState = (): NumbersState => ({ mode: IDLE, kept: new Uint8Array(KEPT), length: 0 });

/** Called with the number's characters, valid within the call. */
export type TakeNumber = (index: number, characters: Uint8Array, isRight: boolean) => void;

/**
 * Finds numbers in running text, alone or in the groups people write them in, also where a border between segments cuts
 * them. What stands right beside letters, or is a piece of a longer number, is none.
 */
export class Numbers {
  private readonly labels: readonly NumberLabel[];
  private readonly characters: Uint8Array[];
  private readonly groupStart = new Uint8Array(MAX_GROUPS);
  private readonly groupLength = new Uint8Array(MAX_GROUPS);
  /** True: only blanks (or nothing) between this group and the one before. */
  private readonly isApart = new Uint8Array(MAX_GROUPS + 1);

  constructor(labels: readonly NumberLabel[]) {
    this.labels = labels;
    this.characters = labels.map(({ length }) => new Uint8Array(length));
  }

  read(bytes: Uint8Array, start: number, end: number, state: NumbersState, take: TakeNumber): void {
    let { mode } = state;
    for (let at = start; at < end; at += 1) {
      // Nearly all text is neither digits nor capitals: two short loops pass over it.
      if (mode === PASSING) {
        while (at < end && (KIND[bytes[at]] - DIGIT) >>> 0 <= LETTER - DIGIT) at += 1;
        mode = IDLE;
      }
      if (mode === IDLE) while (at < end && IS_BETWEEN[bytes[at]] === 1) at += 1;
      if (at >= end) {
        // In the middle of a word, or between two: what comes next is told by the last byte.
        if (end > start && (KIND[bytes[end - 1]] - DIGIT) >>> 0 <= LETTER - DIGIT) mode = PASSING;
        break;
      }
      const byte = bytes[at];
      const kind = KIND[byte];
      if (mode === IDLE) {
        if (kind === LETTER) {
          mode = PASSING;
          continue;
        }
        mode = COLLECTING;
        state.kept[0] = byte;
        state.length = 1;
      } else if (kind === DIGIT || kind === CAPITAL) {
        // Two capitals at the beginning make a word: most are.
        if (kind === CAPITAL && state.length === 1 && KIND[state.kept[0]] === CAPITAL) mode = PASSING;
        else if (state.length < KEPT) state.kept[state.length++] = byte;
        else mode = this.makeRoom(state, take, byte);
      } else if (kind === LETTER) {
        // The groups before the one that turns out to be a word still count.
        this.dropLast(state);
        this.take(state, take);
        mode = PASSING;
      } else if (kind >= JOINER && KIND[state.kept[state.length - 1]] < JOINER && state.length < KEPT) state.kept[state.length++] = byte;
      else {
        this.take(state, take);
        mode = IDLE;
      }
    }
    state.mode = mode;
  }

  /** The text is over. */
  end(state: NumbersState, take: TakeNumber): void {
    if (state.mode === COLLECTING) this.take(state, take);
    state.mode = IDLE;
  }

  /** Looks at what is complete, keeps what may be part of a number that goes on, and the byte. */
  private makeRoom(state: NumbersState, take: TakeNumber, byte: number): number {
    const { kept } = state;
    let from = KEPT - LONGEST_WRITTEN;
    while (from < KEPT && KIND[kept[from - 1]] !== SPACE) from += 1;
    // The piece at the end is not complete; one as long as this is no number.
    this.dropLast(state);
    this.look(state, take);
    if (from === KEPT) {
      this.clear(state);
      return PASSING;
    }
    kept.copyWithin(0, from, KEPT);
    state.length = KEPT - from;
    kept[state.length++] = byte;
    return COLLECTING;
  }

  private dropLast(state: NumbersState): void {
    while (state.length > 0 && KIND[state.kept[state.length - 1]] < JOINER) state.length -= 1;
  }

  private take(state: NumbersState, take: TakeNumber): void {
    if (state.length >= SHORTEST) this.look(state, take);
    this.clear(state);
  }

  private clear(state: NumbersState): void {
    if (state.length >= SHORTEST) state.kept.fill(0);
    state.length = 0;
  }

  /** Looks at every run of groups in what is kept. */
  private look(state: NumbersState, take: TakeNumber): void {
    const groups = this.split(state);
    for (let first = 0; first < groups; first += 1) {
      if (this.isApart[first] === 0) continue;
      for (let index = 0; index < this.labels.length; index += 1) {
        const label = this.labels[index];
        if (this.groupLength[first] === label.length) this.tryRun(state, index, first, 1, groups, take);
        for (const lengths of label.groups)
          if (this.matches(lengths, first, groups)) this.tryRun(state, index, first, lengths.length, groups, take);
      }
    }
  }

  private split({ kept, length }: NumbersState): number {
    let groups = 0;
    let at = 0;
    let isApart = 1;
    while (at < length) {
      const kind = KIND[kept[at]];
      if (kind >= JOINER) {
        isApart = kind === SPACE ? 1 : 0;
        at += 1;
        continue;
      }
      let stop = at;
      while (stop < length && KIND[kept[stop]] < JOINER) stop += 1;
      this.groupStart[groups] = at;
      this.groupLength[groups] = stop - at;
      this.isApart[groups] = isApart;
      groups += 1;
      at = stop;
    }
    this.isApart[groups] = 1;
    return groups;
  }

  private matches(lengths: readonly number[], first: number, groups: number): boolean {
    if (first + lengths.length > groups) return false;
    for (let n = 0; n < lengths.length; n += 1) if (this.groupLength[first + n] !== lengths[n]) return false;
    return true;
  }

  private tryRun({ kept }: NumbersState, index: number, first: number, count: number, groups: number, take: TakeNumber): void {
    if (first + count < groups && this.isApart[first + count] === 0) return;
    const characters = this.characters[index];
    let length = 0;
    for (let group = first; group < first + count; group += 1)
      for (let n = 0; n < this.groupLength[group]; n += 1) characters[length++] = kept[this.groupStart[group] + n];
    const isRight = this.labels[index].check(characters);
    if (isRight !== undefined) take(index, characters, isRight);
    characters.fill(0);
  }
}
