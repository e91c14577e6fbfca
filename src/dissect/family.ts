import { type Dissector, found, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** What a signature says: not mine, mine, mine and the sender asks (answers), or that more bytes are needed to tell. */
export const NO = 0;
export const YES = 1;
export const ASKS = 2;
export const ANSWERS = 3;
export const MORE = 4;
export type Match = 0 | 1 | 2 | 3 | 4;

/** How one protocol looks of which nothing but its word is wanted. Where the form alone is weak, `test` asks for a port too. */
export interface Signature {
  readonly word: string;
  readonly ports?: readonly number[];
  /** Bytes it may begin with; left out: any. */
  readonly first?: readonly number[];
  /** Looks at `[stream.start, stream.end)`, at least one byte. */
  test(stream: Stream): Match;
}

interface FamilyParts {
  name: string;
  transport: "tcp" | "udp";
  signatures: readonly Signature[];
}

/** One dissector for many signatures: asked once, by first byte; who matches first gives the word. */
export function defineFamily({ name, transport, signatures }: FamilyParts): Dissector {
  const every = Array.from({ length: 256 }, (_, byte) => byte);
  const byFirst = every.map((byte) => signatures.filter(({ first }) => first === undefined || first.includes(byte)));
  const match = (stream: Stream): { signature: Signature | undefined; match: Match } => {
    let wants: Match = NO;
    for (const signature of byFirst[stream.bytes[stream.start]]) {
      const said = signature.test(stream);
      if (said === MORE) wants = MORE;
      else if (said !== NO) return { signature, match: said };
    }
    return { signature: undefined, match: wants };
  };
  return {
    name,
    transport,
    words: [...new Set(signatures.map(({ word }) => word))],
    ports: [...new Set(signatures.flatMap(({ ports = [] }) => ports))],
    firstBytes: { [transport]: every.filter((byte) => byFirst[byte].length > 0) },
    begin: () => undefined,

    recognise(stream): Verdict {
      let wantsMore = false;
      for (const signature of byFirst[stream.bytes[stream.start]]) {
        const said = signature.test(stream);
        if (said === MORE) wantsMore = true;
        else if (said !== NO) return found;
      }
      return wantsMore && !stream.isCut && !stream.isDatagram ? needMore : notMine;
    },

    wordOf: (stream) => match(stream).signature?.word ?? name,

    read(stream): Verdict {
      const said = match(stream).match;
      if (said === ASKS) stream.senderAsks();
      else if (said === ANSWERS) stream.senderAnswers();
      stream.report();
      return found;
    },
  };
}

/** True when the bytes at `offset` are these. */
export function hasBytes({ bytes, start, end }: Stream, offset: number, ...values: number[]): boolean {
  if (start + offset + values.length > end) return false;
  for (let n = 0; n < values.length; n += 1) if (bytes[start + offset + n] !== values[n]) return false;
  return true;
}

/** True when the text at `offset` is this one, letter for letter. */
export function hasText({ bytes, start, end }: Stream, offset: number, text: string): boolean {
  if (start + offset + text.length > end) return false;
  for (let n = 0; n < text.length; n += 1) if (bytes[start + offset + n] !== text.charCodeAt(n)) return false;
  return true;
}

/** Content length of a BER value whose tag is at `offset` (X.690 §8.1.3), with where the content begins; undefined when it is none. */
export function berAt({ bytes, start, end }: Stream, offset: number): { length: number; content: number } | undefined {
  const at = start + offset + 1;
  if (at >= end) return undefined;
  const first = bytes[at];
  if (first < 0x80) return { length: first, content: offset + 2 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + count >= end) return undefined;
  return { length: bytes.readUIntBE(at + 1, count), content: offset + 2 + count };
}

/** The bytes from `low` to `high`. */
export function range(low: number, high: number): number[] {
  return Array.from({ length: high - low + 1 }, (_, n) => low + n);
}
