import type { Severity } from "../../../src/model/alert.ts";
import type { JudgementWord } from "../../../src/model/judgement.ts";
import type { LocationVerdict } from "../../../src/model/location.ts";

/** Shape and word first; colour is the third cue. */
export const SEVERITY: Record<Severity, { glyph: string; word: string; rank: number }> = {
  critical: { glyph: "⬣", word: "critical", rank: 4 },
  high: { glyph: "▲", word: "high", rank: 3 },
  medium: { glyph: "◆", word: "medium", rank: 2 },
  low: { glyph: "●", word: "low", rank: 1 },
  info: { glyph: "○", word: "info", rank: 0 },
};

export const JUDGEMENT: Record<JudgementWord, { word: string; look: "inside" | "outside" | "doubt" | "none" }> = {
  approved: { word: "on the list", look: "inside" },
  authorised: { word: "authorised", look: "inside" },
  violation: { word: "violation", look: "outside" },
  undecided: { word: "undecided", look: "doubt" },
  ignored: { word: "not judged", look: "none" },
};

export const VERDICT: Record<LocationVerdict, { glyph: string; word: string }> = {
  "inside-list": { glyph: "✓", word: "on the list" },
  "outside-list": { glyph: "✕", word: "outside the list" },
  indeterminate: { glyph: "?", word: "indeterminate" },
  contradicted: { glyph: "≠", word: "contradicted" },
};

export function sureness(confidence: number): string {
  return `${confidence}, ${confidence < 50 ? "weak" : confidence < 80 ? "fair" : "strong"}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
