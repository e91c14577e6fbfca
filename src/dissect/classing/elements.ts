import type { ElementLabel } from "./label.ts";

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 12;
export const UNDEFINED_LENGTH = 0xffffffff;
/** Items and delimiters have no value representation (PS3.5 §7.5). */
export const ITEM_GROUP = 0xfffe;
const FILE_META_GROUP = 0x0002;
/** Patient data stands below it; what follows (acquisition, pixels) is not walked. */
const LAST_GROUP = 0x0010;

/** Where one direction is in a data set. */
export interface ElementsState {
  /** Bytes of a value to pass over. */
  left: number;
  /** Beginning of an element's header, kept over a border; undefined until there is one. */
  header: Buffer;
  headerBytes: number;
  isOver: boolean;
  /** Labels found in this data set, as bits: each counts once. */
  found: number;
}

export const newElementsState = (): ElementsState => ({
  left: 0,
  header: Buffer.alloc(LONG_HEADER_BYTES),
  headerBytes: 0,
  isOver: false,
  found: 0,
});

/**
 * Walks the elements of a DICOM data set (PS3.5 §7.1), little endian, explicit or implicit as each looks; sequences as if
 * their items' elements stood side by side. Values are passed over.
 */
export class Elements {
  private readonly labels: readonly ElementLabel[];

  constructor(labels: readonly ElementLabel[]) {
    this.labels = labels;
  }

  begin(state: ElementsState): void {
    state.left = 0;
    state.headerBytes = 0;
    state.isOver = false;
    state.found = 0;
  }

  read(bytes: Buffer, start: number, end: number, state: ElementsState, take: (index: number) => void): void {
    const { header } = state;
    let at = start;
    while (at < end && !state.isOver) {
      const passed = Math.min(state.left, end - at);
      state.left -= passed;
      at += passed;
      const wanted = state.headerBytes < HEADER_BYTES ? HEADER_BYTES : LONG_HEADER_BYTES;
      const taken = Math.min(wanted - state.headerBytes, end - at);
      bytes.copy(header, state.headerBytes, at, at + taken);
      state.headerBytes += taken;
      at += taken;
      if (state.headerBytes < wanted || (wanted === HEADER_BYTES && isLong(header))) continue;
      this.takeHeader(state, take);
    }
  }

  private takeHeader(state: ElementsState, take: (index: number) => void): void {
    const { header } = state;
    const group = header.readUInt16LE(0);
    const element = header.readUInt16LE(2);
    const isExplicit = group !== ITEM_GROUP && hasRepresentation(header);
    const length =
      state.headerBytes === LONG_HEADER_BYTES ? header.readUInt32LE(8) : isExplicit ? header.readUInt16LE(6) : header.readUInt32LE(4);
    const isSequence = group === ITEM_GROUP || length === UNDEFINED_LENGTH || (isExplicit && header[4] === 0x53 && header[5] === 0x51);
    state.headerBytes = 0;
    state.left = isSequence ? 0 : length;
    if (group > LAST_GROUP && group !== ITEM_GROUP) {
      state.isOver = true;
      return;
    }
    if (group === FILE_META_GROUP || length === 0) return;
    for (const [index, { elements }] of this.labels.entries()) {
      if ((state.found & (1 << index)) !== 0 || !elements.includes(group * 0x10000 + element)) continue;
      state.found |= 1 << index;
      take(index);
    }
  }
}

/** Two capitals where an explicit element has its value representation. */
export function hasRepresentation(header: Buffer): boolean {
  return header[4] >= 0x41 && header[4] <= 0x5a && header[5] >= 0x41 && header[5] <= 0x5a;
}

const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

/** Representations with two reserved bytes and a length of four (PS3.5 table 7.1-1). */
export function isLong(header: Buffer): boolean {
  if (header.readUInt16LE(0) === ITEM_GROUP || !hasRepresentation(header)) return false;
  return LONG.has(String.fromCharCode(header[4], header[5]));
}
