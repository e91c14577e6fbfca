import type { SmbFacts } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

/** Requests to read whose answers are awaited, at a time. */
const AWAITED = 32;
const SPREAD = 0x9e3779b1;
const SHIFT = 27;
const NO_FILE = -1;

/** One direction of a connection. */
export interface SmbSide {
  /** Bytes left of the message, beside `after` and `dataLeft`. */
  messageLeft: number;
  /** Bytes of a file that come next, and bytes after them (or next) that nobody looks at. */
  dataLeft: number;
  after: number;
  messages: number;
  /** An encrypted message was there. */
  isSealed: boolean;
  /** The file that data was last of, as a number, and where in it the next piece would go on. */
  file: number;
  nextOffset: number;
}

export interface SmbState {
  /** What a client of SMB 1 offered, in its order. */
  offered: string[];
  sides: [SmbSide, SmbSide];
  /** From the first request to read on: id of the request, file, offset in it; by a hash of the id. */
  awaited: Float64Array | undefined;
}

const newSide = (): SmbSide => ({
  messageLeft: 0,
  dataLeft: 0,
  after: 0,
  messages: 0,
  isSealed: false,
  file: NO_FILE,
  nextOffset: 0,
});

export const newSmbState = (): SmbState => ({ offered: [], sides: [newSide(), newSide()], awaited: undefined });

export function smbFacts(stream: Stream): SmbFacts {
  const { facts } = stream;
  facts.smb ??= {};
  return facts.smb;
}

/** `length` bytes of a file stand after `skipped` bytes; those that go on where the ones before ended are one content with them. */
export function takeData(stream: Stream, side: SmbSide, skipped: number, length: number, file: number, offset: number): void {
  if (length <= 0) return;
  stream.skip(skipped);
  if (side.file === NO_FILE || side.file !== file || side.nextOffset !== offset) stream.beginContent(offset === 0 ? "plain" : "piece");
  side.file = file;
  side.nextOffset = offset + length;
  side.dataLeft = length;
}

/** A file is closed: what was read of one is whole. */
export function endFile(stream: Stream, side: SmbSide): void {
  if (side.file === NO_FILE) return;
  side.file = NO_FILE;
  stream.endContent();
}

/** A request to read: its answer tells neither the file nor the place. */
export function awaitData(stream: Stream, state: SmbState, id: number, file: number, offset: number): void {
  if (state.awaited === undefined) {
    state.awaited = new Float64Array(AWAITED * 3).fill(NO_FILE);
    stream.budget.take(stream.slot, state.awaited.byteLength);
  }
  const at = placeOf(id);
  state.awaited[at] = id;
  state.awaited[at + 1] = file;
  state.awaited[at + 2] = offset;
}

/** `length` bytes of a file stand after `skipped` bytes, which the request `id` asked for. */
export function takeAwaited(stream: Stream, state: SmbState, side: SmbSide, skipped: number, length: number, id: number): void {
  const { awaited } = state;
  const at = placeOf(id);
  const isKnown = awaited !== undefined && awaited[at] === id;
  // Of an unknown place: in the middle of some file.
  if (isKnown) takeData(stream, side, skipped, length, awaited[at + 1], awaited[at + 2]);
  else {
    side.file = NO_FILE;
    takeData(stream, side, skipped, length, 0, Number.POSITIVE_INFINITY);
  }
}

function placeOf(id: number): number {
  return (Math.imul(id, SPREAD) >>> SHIFT) * 3;
}
