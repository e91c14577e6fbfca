import type { IdentifierFacts } from "../model/facts.ts";
import { takeIdentifier } from "./identifier-hashes.ts";
import type { Stream } from "./stream.ts";

/** "PID", "OBR" and "ORC" as one number each, and of which kind their third field is. */
const KINDS: ReadonlyMap<number, keyof IdentifierFacts> = new Map([
  [0x504944, "patient"],
  [0x4f4252, "accession"],
  [0x4f5243, "accession"],
]);
const NAME_BYTES = 3;
const FIELD = 3;

/** Field separator, component separator and repetition separator of a message (HL7 v2.x §2.5.4), as one number. */
export function separatorsOf(bytes: Buffer, header: number): number {
  return bytes[header + 3] | (bytes[header + 4] << 8) | (bytes[header + 5] << 16);
}

/**
 * The segment `name` in bytes[start, end): of PID-3 the patient's ids (§3.4.2.3), of OBR-3 and ORC-3 the filler's order number
 * (§4.5.1.3, §4.5.3.3), which imaging has as its accession number (IHE RAD TF-2 §4.4). Of each the first component.
 * `isWhole`: the segment ends at `end`.
 */
export function takeHl7Identifiers(
  stream: Stream,
  name: number,
  start: number,
  end: number,
  { separators, isWhole }: { separators: number; isWhole: boolean },
): void {
  const { bytes } = stream;
  const kind = KINDS.get(name);
  const [bar, caret, tilde] = [separators & 255, (separators >>> 8) & 255, separators >>> 16];
  if (kind === undefined || bytes[start + NAME_BYTES] !== bar) return;
  let at = start + NAME_BYTES;
  for (let field = 0; at < end; at += 1) if (bytes[at] === bar && (field += 1) === FIELD) break;
  let from = at + 1;
  let to = -1;
  for (at = from; at <= end; at += 1) {
    const isEnd = at === end;
    // The last value may be cut, and half of one is another's.
    if (isEnd && !isWhole) return;
    const byte = isEnd ? bar : bytes[at];
    if (byte === caret && to < 0) to = at;
    if (byte !== bar && byte !== tilde) continue;
    takeIdentifier(stream, kind, bytes, from, to < 0 ? at : to);
    if (byte === bar) return;
    from = at + 1;
    to = -1;
  }
}
