import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { takeAcknowledgement, takeHeader } from "./hl7-header.ts";
import { separatorsOf, takeHl7Identifiers } from "./hl7-identifiers.ts";
import type { Stream } from "./stream.ts";

const START_BLOCK = 0x0b;
const END_BLOCK = 0x1c;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const NAME_BYTES = 3;
/** Longest segment that is waited for. */
const LONGEST_HEADER = 2048;
/** Messages counted a direction; what follows is not read. */
const MAX_MESSAGES = 100_000;

/** Three letters as one number. */
const named = (text: string) => (text.charCodeAt(0) << 16) | (text.charCodeAt(1) << 8) | text.charCodeAt(2);
const MSH = named("MSH");
const MSA = named("MSA");
/** Headers of a file and of a batch (HL7 v2.x §2.10.3): messages stand inside, each with its own header. */
const FHS = named("FHS");
const BHS = named("BHS");
/** May stand between MSH and MSA (§2.14). */
const BEFORE_ACKNOWLEDGEMENT: readonly number[] = [named("SFT"), named("UAC"), named("ARV")];

/**
 * Where a side is: between two messages, at the beginning of a segment that matters, in a segment after which another one
 * matters, or in the rest of a message, of which only the end does.
 */
type Place = "between" | "segment" | "inSegment" | "rest";

interface Hl7Side {
  place: Place;
  /** Segments of headers come one after the other in a block: look at all. */
  isBatch: boolean;
  /** What stands first in a message may still come: its header, its acknowledgement. */
  isHeader: boolean;
  /** As `separatorsOf` the header of the message. */
  separators: number;
  messages: number;
}

interface Hl7State {
  sides: [Hl7Side, Hl7Side];
}

const newSide = (): Hl7Side => ({ place: "between", isBatch: false, isHeader: false, separators: 0, messages: 0 });

/**
 * HL7 v2 over MLLP (HL7 v2.x chapter 2; MLLP release 1): from each message its MSH segment, and of that no more than type, ends
 * and version, and the code of an acknowledgement. After a hole, and after bytes that are no message, it goes on with the next.
 */
export const hl7 = defineDissector<Hl7State>({
  name: "hl7",
  transport: "tcp",
  ports: [2575],
  firstBytes: { tcp: [START_BLOCK] },
  begin: () => ({ sides: [newSide(), newSide()] }),

  recognise({ bytes, start, end, isCut }) {
    if (end - start < 9) return isCut ? notMine : needMore;
    const name = nameAt(bytes, start + 1);
    const isHeader = name === MSH || name === FHS || name === BHS;
    return isHeader && isDelimiter(bytes[start + 4]) && isDelimiter(bytes[start + 5]) ? found : notMine;
  },

  resume({ sides }, side) {
    sides[side].place = "between";
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    while (stream.length > 0) {
      const verdict =
        side.place === "between"
          ? seekBlock(stream, side)
          : side.place === "segment"
            ? readSegment(stream, side)
            : passSegment(stream, side);
      if (verdict !== found) return verdict;
      if (side.messages < MAX_MESSAGES) continue;
      stream.lose("dissect_limit");
      return found;
    }
    return needMore;
  },
});

/** Skips to the start block of the next message, and past it. */
function seekBlock(stream: Stream, side: Hl7Side): Verdict {
  const { bytes, start, end } = stream;
  let at = start;
  while (at < end && bytes[at] !== START_BLOCK) at += 1;
  stream.skip(at - start);
  if (at === end) return needMore;
  if (end - at < 1 + NAME_BYTES && !stream.isCut) return needMore;
  const name = nameAt(bytes, at + 1);
  stream.skip(1);
  if (end - at < 1 + NAME_BYTES || (name !== MSH && name !== FHS && name !== BHS)) return found;
  side.isBatch = name !== MSH;
  side.isHeader = true;
  side.place = "segment";
  stream.beginContent("plain");
  return found;
}

/** At the beginning of a segment: what it is decides what to do with it. */
function readSegment(stream: Stream, side: Hl7Side): Verdict {
  const { bytes, start } = stream;
  if (bytes[start] === END_BLOCK || bytes[start] === CARRIAGE_RETURN || bytes[start] === LINE_FEED) {
    const isEnd = bytes[start] === END_BLOCK;
    stream.skip(1);
    if (isEnd) endMessage(stream, side);
    return found;
  }
  const room = Math.min(stream.end, start + LONGEST_HEADER);
  let end = start;
  while (end < room && bytes[end] !== CARRIAGE_RETURN && bytes[end] !== LINE_FEED && bytes[end] !== END_BLOCK) end += 1;
  if (end === stream.end && !stream.isCut && end - start < LONGEST_HEADER) return needMore;
  const name = end - start > NAME_BYTES ? nameAt(bytes, start) : 0;
  let isMoreToCome = side.isBatch || BEFORE_ACKNOWLEDGEMENT.includes(name);
  if (name === MSH) {
    if (end - start < 8) return malformed("hl7_header");
    takeHeader(stream, start, end);
    side.messages += 1;
    side.separators = separatorsOf(bytes, start);
    side.isHeader = true;
    isMoreToCome = true;
  } else if (name === MSA && side.isHeader) takeAcknowledgement(stream, start, end);
  else if (stream.identifiers !== undefined)
    takeHl7Identifiers(stream, name, start, end, { separators: side.separators, isWhole: end < room });
  side.isHeader &&= isMoreToCome;
  stream.offer(start, end);
  stream.skip(end - start);
  side.place = side.isHeader || stream.identifiers !== undefined ? "inSegment" : "rest";
  return found;
}

/** Passes over what is left of a segment, or of the message. */
function passSegment(stream: Stream, side: Hl7Side): Verdict {
  const { bytes, start, end } = stream;
  const isRest = side.place === "rest";
  let at = start;
  while (at < end && bytes[at] !== END_BLOCK && (isRest || (bytes[at] !== CARRIAGE_RETURN && bytes[at] !== LINE_FEED))) at += 1;
  // The end of the segment belongs to what is offered: the next one is known by it.
  const stop = Math.min(end, at + 1);
  stream.offer(start, stop);
  stream.skip(stop - start);
  if (at === end) return needMore;
  if (bytes[at] === END_BLOCK) endMessage(stream, side);
  else side.place = "segment";
  return found;
}

function endMessage(stream: Stream, side: Hl7Side): void {
  side.place = "between";
  stream.endContent();
}

function nameAt(bytes: Buffer, at: number): number {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}

function isDelimiter(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !(byte >= 0x30 && byte <= 0x39) && !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}
