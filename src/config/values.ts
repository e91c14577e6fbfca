import { z } from "zod";
import { formatAddress, parseAddress, parsePrefix } from "../lib/ip.ts";
import { wrongCountry } from "./countries.ts";
import { kinds } from "./declare.ts";
import type { Wrong } from "./problem.ts";

/** Kinds of value that several sections share. Each call makes a fresh schema (see `option`). */

/** Text with a check of its own, whose suggestion travels with the issue. */
export function checkedText(kind: string, check: (text: string) => Wrong | undefined) {
  const schema = z.string().check((context) => {
    const wrong = check(context.value);
    if (wrong) {
      const params = { suggestion: wrong.suggestion };
      context.issues.push({ code: "custom", message: wrong.message, input: context.value, params });
    }
  });
  kinds.add(schema, { kind });
  return schema;
}

/** One line for people. */
export function line(maxLength = 200) {
  return checkedText("text", (text) => {
    if (text.trim() === "") return { message: "must not be empty" };
    if (text.length > maxLength) return { message: `is longer than ${maxLength} characters` };
    if (/\p{Cc}/u.test(text)) return { message: "must be one line without control characters" };
    return undefined;
  });
}

/** A name that other entries, queries and metric labels refer to. */
export function identifier() {
  return checkedText("name", (text) => {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return undefined;
    const plain = text
      .trim()
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 64);
    return {
      message: `${JSON.stringify(text.slice(0, 80))} is no name: letters, digits, ".", "_" and "-", at most 64`,
      suggestion: plain === "" ? undefined : `for example ${plain}`,
    };
  });
}

/** A CIDR without host bits; a bare address is a network of one. */
export function network() {
  return checkedText("network", (text) => {
    const prefix = parsePrefix(text);
    if (!prefix) {
      const address = parseAddress(text.split("/")[0].trim());
      const suggestion = address ? `for example ${text.split("/")[0].trim()}/${text.includes(":") ? 64 : 24}` : undefined;
      return { message: `${JSON.stringify(text.slice(0, 80))} is no network (CIDR)`, suggestion };
    }
    if (!prefix.hasHostBits) return undefined;
    const masked = text.includes(":") ? formatV6(prefix.first) : formatAddress(...prefix.first);
    return { message: `${text} has host bits set`, suggestion: `did you mean ${masked}/${prefix.length}?` };
  });
}

/** One IPv4 or IPv6 address. */
export function address() {
  return checkedText("address", (text) =>
    parseAddress(text) ? undefined : { message: `${JSON.stringify(text.slice(0, 80))} is no IPv4 or IPv6 address` },
  );
}

/** ISO 3166-1 alpha-2. */
export function country() {
  return checkedText("country", wrongCountry);
}

/** A domain suffix in lower case: "acme.eu" matches itself and every name below it. */
export function domain() {
  return checkedText("domain", (text) => {
    const plain = text
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, "")
      .replace(/[/:].*$/, "")
      .replace(/^(\*?\.)+/, "")
      .replace(/\.$/, "");
    const isName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(plain);
    const shown = JSON.stringify(text.slice(0, 80));
    if (!isName) return { message: `${shown} is no domain name of two labels or more (ASCII; write IDNs as xn--…)` };
    return plain === text ? undefined : { message: `${shown} is no plain domain suffix`, suggestion: `did you mean ${plain}?` };
  });
}

/** A day, YYYY-MM-DD, of the Gregorian calendar. */
export function day() {
  return checkedText("day", (text) => {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    // Date.parse lets 31 April roll over into May.
    if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return undefined;
    return { message: `${JSON.stringify(text.slice(0, 80))} is no day of the calendar (YYYY-MM-DD)` };
  });
}

/** A file or folder; relative ones are resolved against the folder of the configuration file. */
export function path() {
  return checkedText("path", (text) => (text === "" || text.includes("\0") ? { message: "is no path" } : undefined));
}

/** A whole number between two bounds. */
export function whole(min: number, max: number) {
  return z.number().int().min(min).max(max);
}

/** Values of a kind, in order. */
export function list<S extends z.ZodType>(item: S, maxLength = 10_000) {
  return z.array(item).max(maxLength);
}

function formatV6(words: readonly [number, number, number, number]): string {
  // Mapped IPv4 written as IPv6 keeps its IPv6 length, so it must keep the IPv6 text.
  const text = formatAddress(...words);
  return text.includes(":") ? text : `::ffff:${text}`;
}
