import type { AlertRow } from "../../../../src/console/wire.ts";
import { bytes, duration } from "../format.ts";
import { asOfMs, nowMs, overview, select, selected, status } from "../store.ts";
import { SeverityMark } from "./glyph.tsx";
import { Panel, Waiting } from "./panel.tsx";

const SLOTS = 7;

/** The worst open alerts in slots that never move. */
export function WorstOpen() {
  const found = overview.value;
  if (!found) {
    return (
      <Panel id="worst" title="Worst open">
        <Waiting rows={SLOTS} />
      </Panel>
    );
  }
  const open = Object.values(found.open).reduce((a, b) => a + b, 0);
  return (
    <Panel id="worst" title="Worst open" note={open > found.worst.length ? `${found.worst.length} of ${open}` : `${open} open`}>
      <ol class="slots" data-answer="q3">
        {Array.from({ length: SLOTS }, (_, index) => (
          <li key={index}>
            {found.worst[index] ? <Slot alert={found.worst[index]} /> : index === 0 ? <NoneOpen /> : <span class="slot empty" />}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function NoneOpen() {
  const coverage = status.value?.coverage;
  return (
    <span class="slot empty">
      {coverage?.state === "full" || coverage?.state === "degraded"
        ? "No open alert."
        : `No open alert, but this cannot be trusted: ${coverage?.reasons[0] ?? "nothing is being watched"}.`}
    </span>
  );
}

function Slot({ alert }: { alert: AlertRow }) {
  const now = status.value?.mode === "live" ? nowMs.value : (asOfMs.value ?? nowMs.value);
  return (
    <button type="button" class="slot" aria-pressed={selected.value === alert.id} onClick={() => select(alert.id)}>
      <SeverityMark severity={alert.severity} />
      <span class="path">
        {alert.zone ?? "this site"} <span aria-hidden="true">→</span>
        <span class="unseen">to</span> {alert.party ?? alert.name ?? "party unknown"}
      </span>
      <span class="where">{alert.countries.join(", ") || "?"}</span>
      <span class="number">{bytes(alert.upBytes)}</span>
      <span class="number">{duration(now - alert.firstMs)}</span>
      <span class="owner">{alert.owner ?? "no owner"}</span>
    </button>
  );
}
