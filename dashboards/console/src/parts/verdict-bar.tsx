import type { OverviewRow } from "../../../../src/console/wire.ts";
import { bytes, clock, duration } from "../format.ts";
import { nowMs, overview, status } from "../store.ts";
import { plural } from "../words.ts";
import { Glyph } from "./glyph.tsx";

/** The first question, and one of three answers to it. */
export function VerdictBar() {
  const found = overview.value;
  const row = status.value;
  if (!found || !row) return <div class="verdict waiting-bar">Looking…</div>;
  return (
    <section
      class={`verdict ${found.verdict.answer}`}
      aria-label="Is patient data leaving to a place where it should not?"
      data-answer="q1"
    >
      <Said verdict={found.verdict} watchedMs={row.coverage.watchedMs} windowMs={row.coverage.windowMs} />
    </section>
  );
}

function Said({ verdict, watchedMs, windowMs }: { verdict: OverviewRow["verdict"]; watchedMs: number; windowMs: number }) {
  switch (verdict.answer) {
    case "yes":
      return (
        <>
          <Glyph severity="critical" />
          <strong>YES</strong>
          <span class="text">Patient data is leaving to a place where it should not.</span>
          <span class="figures">
            {plural(verdict.count, "open alert")} · {bytes(verdict.upBytes)} up
            {verdict.sinceMs === null ? "" : ` since ${clock(verdict.sinceMs, nowMs.value)}`}
            {verdict.lastMs === null ? "" : ` · last seen ${clock(verdict.lastMs, nowMs.value)}`}
          </span>
        </>
      );
    case "none-seen":
      return (
        <>
          <Glyph severity="info" />
          <strong>NONE SEEN</strong>
          <span class="text">in {duration(Math.min(watchedMs, windowMs))} of watched traffic</span>
          <span class="figures">no open alert says that patient data goes where it should not</span>
        </>
      );
    case "cannot-say":
      return (
        <>
          <span class="question" aria-hidden="true">
            ?
          </span>
          <strong>CANNOT SAY</strong>
          <span class="text">{verdict.reason}</span>
        </>
      );
  }
}
