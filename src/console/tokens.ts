import { createHmac, randomBytes } from "node:crypto";

/**
 * Inside addresses and asset names leave the server as tokens. A token is a keyed hash: the same value gives the same token
 * for as long as the process lives, and nobody can turn it back without the key, which is never written anywhere.
 */
export class Tokens {
  private readonly key: Uint8Array;

  constructor(key: Uint8Array = randomBytes(32)) {
    this.key = key;
  }

  of(value: string): string {
    return `asset·${createHmac("sha256", this.key).update(value).digest("hex").slice(0, 6)}`;
  }

  /** The text with each of the values replaced by its token; longer values first, whole words only. */
  hide(text: string, values: readonly (string | undefined)[]): string {
    const known = values.filter((value): value is string => value !== undefined && value !== "").sort((a, b) => b.length - a.length);
    let out = text;
    for (const value of known) out = replaceWord(out, value, this.of(value));
    return out;
  }
}

/** Replaces `word` where it does not continue into a longer name or address on either side. */
function replaceWord(text: string, word: string, replacement: string): string {
  let out = "";
  let from = 0;
  for (;;) {
    const at = text.indexOf(word, from);
    if (at < 0) return out + text.slice(from);
    const end = at + word.length;
    const isWhole = !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") && !/[\p{L}\p{N}]/u.test(text[end] ?? "");
    out += text.slice(from, at) + (isWhole ? replacement : word);
    from = end;
  }
}
