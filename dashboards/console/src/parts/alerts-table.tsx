import { useRef, useState } from "preact/hooks";
import type { AlertRow } from "../../../../src/console/wire.ts";
import { bytes, clock } from "../format.ts";
import { alerts, nowMs, select, selected, status, worstFirst } from "../store.ts";
import { plural, sureness, VERDICT } from "../words.ts";
import { SeverityMark } from "./glyph.tsx";
import { Panel, Waiting } from "./panel.tsx";

const MOST_SHOWN = 60;

/**
 * Alerts, worst first. While the pointer or the focus is in the table nothing moves: values change in place, what is new is
 * counted in the pill, and a row that went away stays, greyed.
 */
export function AlertsTable() {
  const [isHovered, setHovered] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [, setReleases] = useState(0);
  const shown = useRef<AlertRow[]>([]);
  const mustShow = useRef(false);
  const list = useRef<HTMLDivElement>(null);
  const found = alerts.value;
  if (!found) {
    return (
      <Panel id="alerts" title="Alerts">
        <Waiting rows={5} />
      </Panel>
    );
  }
  const isHeld = (isHovered || isFocused) && shown.current.length > 0 && !mustShow.current;
  mustShow.current = false;
  const best = [...found.rows].sort(worstFirst).slice(0, MOST_SHOWN);
  if (!isHeld) shown.current = best;
  const byId = new Map(found.rows.map((row) => [row.id, row]));
  const held = new Set(shown.current.map((row) => row.id));
  const fresh = best.filter((row) => !held.has(row.id));
  const hidden = found.total - shown.current.filter((row) => byId.has(row.id)).length - fresh.length;
  const show = () => {
    mustShow.current = true;
    setReleases((n) => n + 1);
    // The pill goes away: whoever used it by keyboard stays here.
    list.current?.focus({ preventScroll: true });
  };
  return (
    <div
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => setFocused(false)}
    >
      <Panel id="alerts" title="Alerts" class="alerts" note={<Pill fresh={fresh} show={show} />}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
        <section class="scroll" ref={list} tabIndex={0} aria-label="List of alerts">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">Severity</th>
                <th scope="col">State</th>
                <th scope="col">Detection</th>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col">Where · how sure</th>
                <th scope="col" class="number">
                  Up
                </th>
                <th scope="col">First – last</th>
                <th scope="col">Owner</th>
              </tr>
            </thead>
            <tbody>
              {shown.current.map((row) => {
                const now = byId.get(row.id);
                return <AlertLine key={row.id} row={now ?? row} isGone={now === undefined} />;
              })}
            </tbody>
          </table>
          {shown.current.length === 0 ? <p class="empty-text">{noAlerts()}</p> : null}
          {hidden > 0 ? <p class="empty-text">{plural(hidden, "more alert")} in the order of severity below these.</p> : null}
        </section>
      </Panel>
    </div>
  );
}

/** Its place is kept, so that nothing jumps when it appears. */
function Pill({ fresh, show }: { fresh: readonly AlertRow[]; show: () => void }) {
  if (fresh.length === 0) return <span class="pill-place">worst first</span>;
  const critical = fresh.filter((row) => row.severity === "critical").length;
  return (
    <button type="button" class="pill" onClick={show}>
      {fresh.length} new{critical > 0 ? `, ${critical} critical` : ""}: show
    </button>
  );
}

function AlertLine({ row, isGone }: { row: AlertRow; isGone: boolean }) {
  const verdict = row.verdict === null ? null : VERDICT[row.verdict];
  return (
    <tr class={[isGone ? "gone" : "", selected.value === row.id ? "selected" : ""].join(" ").trim() || undefined} data-alert={row.id}>
      <td>
        <SeverityMark severity={row.severity} />
      </td>
      <td>{isGone ? "closed" : row.state}</td>
      <th scope="row">
        <button type="button" class="link" onClick={() => select(row.id)}>
          {row.detection}
        </button>
      </th>
      <td>
        {row.zone ?? "this site"}
        {row.assetCount > 0 ? <span class="dim"> · {plural(row.assetCount, "asset")}</span> : null}
      </td>
      <td class="cut" title={row.name ?? undefined}>
        {row.party ?? "unknown"}
        {row.name ? <span class="dim"> · {row.name}</span> : null}
      </td>
      <td>
        {row.countries.join(", ") || (verdict === null ? "–" : "")}
        {verdict ? (
          <span class={`verdict-word ${row.verdict}`}>
            {" "}
            {verdict.glyph} {verdict.word}
          </span>
        ) : null}
        {row.confidence === null ? null : <span class="dim"> · {sureness(row.confidence)}</span>}
      </td>
      <td class="number">{row.zone === null ? "–" : bytes(row.upBytes)}</td>
      <td class="nowrap">
        {clock(row.firstMs, nowMs.value)} – {clock(row.lastMs, nowMs.value)}
      </td>
      <td>{row.owner ?? <span class="dim">–</span>}</td>
    </tr>
  );
}

/** No alert, or nobody who could have raised one: never the same words. */
function noAlerts(): string {
  const coverage = status.value?.coverage;
  if (coverage === undefined || coverage.state === "none" || coverage.state === "unknown") {
    return `No open alert, but this cannot be trusted: ${coverage?.reasons[0] ?? "nothing is being watched"}.`;
  }
  return "No open alert.";
}
