/**
 * IP addresses as four signed 32-bit words in network order; IPv4 is ::ffff:a.b.c.d, so that one table holds both.
 */

export type AddressWords = [number, number, number, number];

/** Word 2 of every IPv4 address in mapped form. */
export const V4_MAPPED = 0x0000ffff;

export function isV4(w0: number, w1: number, w2: number): boolean {
  return w0 === 0 && w1 === 0 && w2 === V4_MAPPED;
}

/** Texts kept, one a place: the same few thousand addresses are written time and again. A power of two. */
const TEXTS_KEPT = 8192;
const keptWords = new Int32Array(TEXTS_KEPT * 4);
const keptTexts: string[] = new Array(TEXTS_KEPT).fill("");

/** Text of an address: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(w0: number, w1: number, w2: number, w3: number): string {
  const place = (w3 ^ (w3 >>> 13) ^ Math.imul(w0 ^ w1 ^ (w2 << 1), 0x9e3779b1)) & (TEXTS_KEPT - 1);
  const at = place * 4;
  if (keptWords[at + 3] === w3 && keptWords[at + 2] === w2 && keptWords[at + 1] === w1 && keptWords[at] === w0 && keptTexts[place] !== "")
    return keptTexts[place];
  const text = isV4(w0, w1, w2) ? `${w3 >>> 24}.${(w3 >>> 16) & 255}.${(w3 >>> 8) & 255}.${w3 & 255}` : formatV6([w0, w1, w2, w3]);
  keptWords[at] = w0;
  keptWords[at + 1] = w1;
  keptWords[at + 2] = w2;
  keptWords[at + 3] = w3;
  keptTexts[place] = text;
  return text;
}

function formatV6(words: Readonly<AddressWords>): string {
  const groups = words.flatMap((w) => [w >>> 16, w & 0xffff]);
  // RFC 5952 §4.2: the longest run of two or more zero groups becomes "::", the first of equals.
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
    if (length > 0) start += length - 1;
  }
  const hex = groups.map((g) => g.toString(16));
  if (bestStart < 0) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}

/** Parses the text of an IPv4 or IPv6 address (no zone id, no brackets); undefined when it is not one. */
export function parseAddress(text: string): AddressWords | undefined {
  if (!text.includes(":")) {
    const v4 = parseV4(text);
    return v4 === undefined ? undefined : [0, 0, V4_MAPPED, v4];
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]);
  const tail = halves.length === 2 ? groupsOf(halves[1]) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (n: number) => (groups[n * 2] << 16) | groups[n * 2 + 1];
  return [word(0), word(1), word(2), word(3)];
}

/** A prefix as its first and last address; undefined when the text is no CIDR. A bare address is a prefix of full length. */
export function parsePrefix(text: string): { first: AddressWords; last: AddressWords; length: number; hasHostBits: boolean } | undefined {
  const [addressText, lengthText, more] = text.split("/");
  if (more !== undefined) return undefined;
  const address = parseAddress(addressText);
  if (!address) return undefined;
  const isIpv4 = !addressText.includes(":");
  const bits = isIpv4 ? 32 : 128;
  if (lengthText !== undefined && !/^\d{1,3}$/.test(lengthText)) return undefined;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (length > bits) return undefined;
  const total = isIpv4 ? 96 + length : length;
  const first = [...address] as AddressWords;
  const last = [...address] as AddressWords;
  for (let n = 0; n < 4; n += 1) {
    const fixed = Math.min(32, Math.max(0, total - n * 32));
    const mask = fixed === 0 ? 0 : (-1 << (32 - fixed)) | 0;
    first[n] = address[n] & mask;
    last[n] = address[n] | ~mask;
  }
  return { first, last, length, hasHostBits: first.some((w, n) => w !== address[n]) };
}

/** Order of two addresses as 128-bit unsigned numbers: negative, 0, positive. */
export function compareAddresses(a: Readonly<AddressWords>, b: Readonly<AddressWords>): number {
  for (let n = 0; n < 4; n += 1) if (a[n] !== b[n]) return a[n] >>> 0 < b[n] >>> 0 ? -1 : 1;
  return 0;
}

function parseV4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || (part.length > 1 && part[0] === "0")) return undefined;
    const n = Number(part);
    if (n > 255) return undefined;
    word = (word << 8) | n;
  }
  return word;
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes(".")) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups.length > 8 ? undefined : groups;
}
