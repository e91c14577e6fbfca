import { type Dissector, found, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** What a signature says: not mine, mine, mine and the sender asks (answers), or that more bytes (of datagrams: another one) are needed to tell. */
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
  /** Too weak for any other place: asked on its ports alone, so that it costs traffic elsewhere nothing. */
  readonly isOnlyOnPorts?: true;
  /** Over TCP: it may go over to TLS, and is read on for that. */
  readonly mayUpgrade?: true;
  /** Looks at `[stream.start, stream.end)`, at least one byte. */
  test(stream: Stream): Match;
}

interface FamilyParts {
  name: string;
  transport: "tcp" | "udp" | "sctp";
  signatures: readonly Signature[];
}

/** Segments of a direction that are looked at for the beginning of TLS. */
const MAX_UPGRADE_LOOKS = 16;
/** Record header and message type of a hello (RFC 8446 §5.1, §4). */
const TLS_HELLO_BYTES = 6;

interface FamilyState {
  /** By side: looks left; -1: not begun. */
  looks: [number, number];
}

/** One dissector for many signatures: asked once, by first byte; who matches first gives the word. */
export function defineFamily({ name, transport, signatures }: FamilyParts): Dissector {
  const every = Array.from({ length: 256 }, (_, byte) => byte);
  const anywhere = signatures.filter(({ isOnlyOnPorts }) => !isOnlyOnPorts);
  const byFirst = every.map((byte) => anywhere.filter(({ first }) => first === undefined || first.includes(byte)));
  const tied = signatures.filter(({ isOnlyOnPorts }) => isOnlyOnPorts);
  const tiedPorts = new Uint8Array(65_536);
  for (const { ports = [] } of tied) for (const port of ports) tiedPorts[port] = 1;

  /** What the family says, and in `who` which of it. A signature that is tied to a port is asked first there. */
  let who: Signature | undefined;
  let recognised = name;
  function ask(stream: Stream): Match {
    let wants: Match = NO;
    if ((tiedPorts[stream.initiatorPort] | tiedPorts[stream.responderPort]) !== 0) {
      const byte = stream.bytes[stream.start];
      for (const signature of tied) {
        if (!signature.ports?.some((port) => stream.isOnPort(port)) || signature.first?.includes(byte) === false) continue;
        const said = signature.test(stream);
        who = signature;
        if (said === MORE) wants = MORE;
        else if (said !== NO) return said;
      }
    }
    for (const signature of byFirst[stream.bytes[stream.start]]) {
      const said = signature.test(stream);
      who = signature;
      if (said === MORE) wants = MORE;
      else if (said !== NO) return said;
    }
    return wants;
  }
  const hasUpgrades = signatures.some(({ mayUpgrade }) => mayUpgrade);
  const matches = (said: Match) => said !== NO && said !== MORE;
  return {
    name,
    transport,
    words: [...new Set(signatures.map(({ word }) => word))],
    ports: [...new Set(signatures.flatMap(({ ports = [] }) => ports))],
    firstBytes: {
      [transport]: every.filter((byte) => byFirst[byte].length > 0 || tied.some(({ first }) => first?.includes(byte) !== false)),
    },
    begin: (): FamilyState | undefined => (hasUpgrades ? { looks: [-1, -1] } : undefined),

    recognise(stream): Verdict {
      const said = ask(stream);
      if (matches(said)) {
        recognised = who!.word;
        return found;
      }
      return said === MORE && !stream.isCut ? needMore : notMine;
    },

    // Of what was recognised last: to ask anew would be another question where two datagrams must agree.
    wordOf: () => recognised,

    read(stream, state: unknown): Verdict {
      const looks = (state as FamilyState | undefined)?.looks;
      const { side } = stream;
      if (looks === undefined || looks[side] < 0) {
        const said = ask(stream);
        if (said === ASKS) stream.senderAsks();
        else if (said === ANSWERS) stream.senderAnswers();
        stream.report();
        if (looks === undefined || who?.mayUpgrade !== true) return found;
        looks[side] = MAX_UPGRADE_LOOKS;
      } else if (stream.bytes[stream.start] === 22) {
        if (stream.length < TLS_HELLO_BYTES && !stream.isCut) return needMore;
        if (hasBytes(stream, 1, 3) && (hasBytes(stream, 5, 1) || hasBytes(stream, 5, 2))) return passOn;
      }
      looks[side] -= 1;
      stream.skip(stream.length);
      return looks[side] > 0 ? needMore : found;
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
