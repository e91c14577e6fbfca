import type { Loosening } from "../model/site.ts";
import { added } from "./added.ts";

/**
 * Which way a setting is looser. Numbers: `higher`, `lower`. Lists: `more` are exceptions, `fewer` is less that is looked for,
 * `more-or-none` is what is approved, and none that it is not looked at. `any`: every change may be.
 */
export type LooserWay = "higher" | "lower" | "more" | "fewer" | "more-or-none" | "any";

/** Settings of each detection by name: `enabled`, severity, thresholds and lists. */
export type DetectionsView = Readonly<Record<string, unknown>>;
/** By detection, then setting. */
export type LooserWays = Readonly<Record<string, Readonly<Record<string, LooserWay>>>>;

const RANKS = ["info", "low", "medium", "high", "critical"];
const MOST_NAMED = 5;

/** Detections that are off, less severe, or find less by what they are set to. A setting whose way is not said: every change. */
export function loosenedDetections(before: DetectionsView, after: DetectionsView, ways: LooserWays): Loosening[] {
  return Object.entries(before).flatMap(([name, settings]) => {
    const was = asRecord(settings);
    const now = asRecord(after[name]);
    const say = (text: string): Loosening => ({ kind: "detection", name, text: `detection ${name} ${text}` });
    if (was.enabled !== false && now.enabled === false) return [say("is off")];
    // Nothing is missed of what looked for nothing.
    if (was.enabled === false) return [];
    return Object.keys({ ...was, ...now }).flatMap((key) => {
      if (key === "enabled") return [];
      const text = key === "severity" ? lessSevere(was[key], now[key]) : looserBy(ways[name]?.[key] ?? "any", key, was[key], now[key]);
      return text === undefined ? [] : [say(text)];
    });
  });
}

function lessSevere(was: unknown, now: unknown): string | undefined {
  if (typeof now === "string" && (was === undefined || RANKS.indexOf(now) < RANKS.indexOf(String(was))))
    return `always has the severity ${now}`;
  return was === "critical" && now === undefined ? "is not always critical any more" : undefined;
}

function looserBy(way: LooserWay, key: string, was: unknown, now: unknown): string | undefined {
  if (typeof was === "number" && typeof now === "number") {
    if (way !== "lower" && now > was) return `fires later: ${key} is ${now}, it was ${was}`;
    return way !== "higher" && now < was ? `fires on less: ${key} is ${now}, it was ${was}` : undefined;
  }
  const [old, next] = [textsOf(was), textsOf(now)];
  const [more, fewer] = [added(old, next), added(next, old)];
  const isWholeGone = next.length === 0 && old.length > 0;
  if (way === "more-or-none") {
    if (isWholeGone) return `looks at no ${key} any more`;
    return old.length > 0 && more.length > 0 ? `approves ${named(more)} (${key})` : undefined;
  }
  if (way !== "fewer" && more.length > 0) return `excepts ${named(more)} (${key})`;
  return way !== "more" && fewer.length > 0 ? `looks for less: ${key} without ${named(fewer)}` : undefined;
}

function named(texts: readonly string[]): string {
  return `${texts.slice(0, MOST_NAMED).join(", ")}${texts.length > MOST_NAMED ? " …" : ""}`;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}
