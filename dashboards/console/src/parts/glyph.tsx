import type { Severity } from "../../../../src/model/alert.ts";
import { SEVERITY } from "../words.ts";

const SHAPES: Record<Severity, string> = {
  critical: "M4.6 1h6.8L15 8l-3.6 7H4.6L1 8z",
  high: "M8 1.2 15.4 14.6H.6z",
  medium: "M8 .8 15.2 8 8 15.2.8 8z",
  low: "M8 2a6 6 0 1 0 .01 0z",
  info: "M8 2a6 6 0 1 0 .01 0zM8 4a4 4 0 1 1-.01 0z",
};

/** The shape of a severity in the colour of the text around it. */
export function Glyph({ severity }: { severity: Severity }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      <path d={SHAPES[severity]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}

/** Shape, word and colour: any two of them may be missing to the reader. */
export function SeverityMark({ severity }: { severity: Severity }) {
  return (
    <span class={`severity ${severity}`}>
      <Glyph severity={severity} />
      {SEVERITY[severity].word}
    </span>
  );
}
