import { bytes, clock } from "../format.ts";
import { nowMs, overview, status } from "../store.ts";
import { SeverityMark } from "./glyph.tsx";
import { Sparkline } from "./sparkline.tsx";

const WORST_FIRST = ["critical", "high", "medium", "low", "info"] as const;

export function Tiles() {
  const found = overview.value;
  return (
    <div class="tiles">
      <section class="tile" aria-label="New since the shift began" data-answer="q7">
        <h2>New since {found ? clock(found.fresh.sinceMs, nowMs.value) : "…"}</h2>
        <p>
          <strong>{found?.fresh.count ?? "…"}</strong>
          {found && found.fresh.critical > 0 ? ` ${found.fresh.critical} critical` : ""}
        </p>
      </section>
      <section class="tile" aria-label="Open alerts by severity">
        <h2>Open</h2>
        <p class="counts">
          {WORST_FIRST.map((severity) =>
            found && found.open[severity] > 0 ? (
              <span key={severity}>
                <strong>{found.open[severity]}</strong> <SeverityMark severity={severity} />
              </span>
            ) : null,
          )}
          {found && WORST_FIRST.every((severity) => found.open[severity] === 0) ? <strong>0</strong> : null}
        </p>
      </section>
      <section class="tile" aria-label="Alert load">
        <h2>Alert load</h2>
        <p>
          <strong>{found ? found.alertLoad.toFixed(1) : "…"}</strong> per 10 min
        </p>
      </section>
      <section class="tile wide" aria-label="Bytes leaving patient-data zones, last hour">
        <h2>Leaving patient-data zones, 60 min</h2>
        {found ? <Sparkline {...found.upSeries} /> : null}
        <p class="beside">
          <strong>{found ? lastFull(found.upSeries.up) : "…"}</strong> last full minute
        </p>
      </section>
    </div>
  );
}

/** Without a tap there is no figure, and least of all 0. */
function lastFull(series: readonly number[]): string {
  const state = status.value?.coverage.state;
  return series.length < 2 || state === "none" ? "unknown" : bytes(series.at(-2) ?? 0);
}
