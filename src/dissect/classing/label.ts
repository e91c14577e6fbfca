/**
 * What content is classed by. A label says what kind of thing was seen in clear text, and how often; the thing itself never
 * leaves the function that looks at it.
 */
export type Label = NumberLabel | TextLabel | OpeningLabel | ElementLabel;

/** A number that carries its own proof: check digits. */
export interface NumberLabel {
  readonly kind: "number";
  readonly label: string;
  /** Characters of it, separators left out. */
  readonly length: number;
  /** Lengths of the groups in which it is written, beside in one piece: `[4, 2, 2, 3, 2]`. */
  readonly groups: readonly (readonly number[])[];
  /** Of numbers that have the form by chance, the share whose check digits are right. */
  readonly chance: number;
  /** `characters` are ASCII digits and capitals, `length` of them. False: it has the form, and the check digits are wrong; undefined: it has not even the form. */
  check(characters: Uint8Array): boolean | undefined;
}

/** Words of a format: each of `words` counts one; nothing counts until one of `beside` was seen too, where there are such. */
export interface TextLabel {
  readonly kind: "text";
  readonly label: string;
  readonly words: readonly string[];
  readonly beside?: readonly string[];
}

/** A format known by how it begins. */
export interface OpeningLabel {
  readonly kind: "opening";
  readonly label: string;
  /** Looks at the first bytes, at most `OPENING_BYTES` and less only where the part is shorter. */
  test(bytes: Uint8Array, start: number, end: number): boolean;
}

/** A DICOM data set in which one of these elements (group << 16 | element) has a value. */
export interface ElementLabel {
  readonly kind: "elements";
  readonly label: string;
  readonly elements: readonly number[];
}

/** Bytes at the beginning of a part that openings may look at. */
export const OPENING_BYTES = 16;

export const defineLabel = <L extends Label>(label: L): L => label;

/** True when the text stands at `start`. */
export function standsAt(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (start + text.length > end) return false;
  for (let n = 0; n < text.length; n += 1) if (bytes[start + n] !== text.charCodeAt(n)) return false;
  return true;
}
