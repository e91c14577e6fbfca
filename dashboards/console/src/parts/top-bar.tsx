import type { CoverageRow } from "../../../../src/console/wire.ts";
import { clockSeconds, dateTime, duration, percent, siteTime } from "../format.ts";
import { isPaused, lastHeardMs, link, nowMs, status, togglePause } from "../store.ts";

/** Site, time, tap: the same place on every page. */
export function TopBar() {
  const row = status.value;
  return (
    <header class="top">
      <div class="brand">
        <img src="/favicon.svg" alt="" width="20" height="20" />
        <strong>bordertap</strong>
        {row ? <span class="site">{row.site}</span> : null}
        {row && row.mode !== "live" ? <ModeBadge mode={row.mode} /> : null}
      </div>
      <div class="clock">
        <span class={`pulse ${link.value}`} aria-hidden="true" />
        <span class="word">{isPaused.value ? "PAUSED" : link.value === "live" ? "LIVE" : "NOT LIVE"}</span>
        <time>{dateTime(nowMs.value)}</time>
        {row ? <span class="second">{siteTime(nowMs.value, row.timeZone)}</span> : null}
        {row?.coverage.lagMs == null ? null : <span class="second">{duration(row.coverage.lagMs)} behind</span>}
      </div>
      {row ? <CoverageStrip coverage={row.coverage} /> : <div class="coverage" />}
      {row ? <HealthWord /> : null}
      <button type="button" class="quiet" aria-pressed={isPaused.value} onClick={togglePause}>
        {isPaused.value ? "Resume" : "Pause"} <kbd>p</kbd>
      </button>
    </header>
  );
}

const MODE_TEXT = {
  demo: "DEMO · made-up traffic",
  replay: "REPLAY · recorded traffic",
} as const;

function ModeBadge({ mode }: { mode: "demo" | "replay" }) {
  return <span class="mode">{MODE_TEXT[mode]}</span>;
}

const STATE_WORD = { full: "complete", degraded: "degraded", none: "BLIND", unknown: "not watched" } as const;
const MINUTE_WORD: Record<string, string> = { f: "full", d: "degraded", n: "none", "-": "off" };

function CoverageStrip({ coverage }: { coverage: CoverageRow }) {
  // Without news from the server, what it said of the tap is no longer known to hold.
  const state = link.value === "live" ? coverage.state : "unknown";
  const gaps = [...coverage.strip].filter((letter) => letter === "n").length;
  const ratio = state === "none" || state === "unknown" || coverage.ratio === null ? "" : ` ${percent(coverage.ratio)}`;
  return (
    <a
      class={`coverage ${state}`}
      href="#coverage"
      data-answer="q2"
      title={coverage.reasons.join("; ") || "Everything seen was accounted for"}
    >
      <span class="word">
        COVERAGE {duration(coverage.windowMs)}
        {ratio} <b>{link.value === "live" ? STATE_WORD[state] : "unknown now"}</b>
      </span>
      <svg
        class="strip"
        viewBox="0 0 180 14"
        width="180"
        height="14"
        role="img"
        aria-label={`Last hour: ${gaps === 0 ? "no minute" : `${gaps} minutes`} without coverage`}
      >
        {[...coverage.strip].map((letter, index) => (
          <rect
            key={index}
            class={`minute ${MINUTE_WORD[letter]}`}
            x={index * 3}
            y={letter === "f" ? 1 : letter === "d" ? 5 : 11}
            width="2"
            height={letter === "f" ? 12 : letter === "d" ? 8 : 2}
          />
        ))}
      </svg>
      {coverage.reasons.length > 0 ? <span class="why">{coverage.reasons[0]}</span> : null}
    </a>
  );
}

function HealthWord() {
  const health = status.value?.health;
  if (!health) return null;
  if (health.problems.length === 0) return <span class="health">PARTS ok</span>;
  const text = health.problems.map((problem) => `${problem.component}: ${problem.reason || problem.state}`).join("; ");
  return (
    <span class={`health ${health.state}`} title={text}>
      {health.problems.map((problem) => problem.component.toUpperCase()).join(", ")} {health.state}
    </span>
  );
}

/** Stale is shown as stale: since when, never as an empty page. */
export function LinkState() {
  if (link.value === "live") return null;
  return (
    <p class="link-state">
      <strong>Not live since {clockSeconds(lastHeardMs.value)}.</strong> What you see is as it was then. Connecting again…
    </p>
  );
}
