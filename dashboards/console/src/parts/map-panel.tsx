import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MapRow } from "../../../../src/console/wire.ts";
import type { WorldData } from "../../build/world-map.ts";
import { bytes, count, country, duration } from "../format.ts";
import { mapRows, overview, watchMap } from "../store.ts";
import { JUDGEMENT, VERDICT } from "../words.ts";
import { whyEmpty } from "./destinations.tsx";
import { Panel } from "./panel.tsx";
import type { WorldMapProps } from "./world-map.tsx";

type Drawing = { View: FunctionComponent<WorldMapProps>; world: WorldData };

/** The map, what cannot be drawn on it, and the same figures as a table. The drawing itself is loaded after the first answers stand. */
export function MapPanel() {
  const [drawing, setDrawing] = useState<Drawing | undefined>(undefined);
  const [failure, setFailure] = useState("");
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const hasAnswers = overview.value !== undefined;
  useEffect(() => {
    if (!hasAnswers) return undefined;
    const stop = watchMap();
    Promise.all([import("./world-map.tsx"), import("virtual:world-data")]).then(
      ([code, data]) => setDrawing({ View: code.WorldMap, world: data.world }),
      () => setFailure("The drawing of the map could not be loaded; the table has the same figures."),
    );
    return stop;
  }, [hasAnswers]);
  const rows = mapRows.value ?? [];
  return (
    <Panel id="map" title="Map" note={overview.value ? `bytes up, ${duration(overview.value.windowMs)}` : undefined} class="map-panel">
      <div class="map-and-table">
        <div class="drawing">
          {drawing ? (
            <drawing.View world={drawing.world} selected={selected} onSelect={setSelected} />
          ) : (
            <p class="empty-text map-place">{failure || "Drawing the map…"}</p>
          )}
          <Legend />
        </div>
        <div class="beside-map">
          {rows.length === 0 ? null : <NowhereCertain rows={rows.filter((row) => row.code === null)} />}
          <CountryTable rows={rows.filter((row) => row.code !== null)} selected={selected} onSelect={setSelected} />
        </div>
      </div>
    </Panel>
  );
}

function Legend() {
  return (
    <ul class="legend">
      <li>
        <Swatch look="inside" /> ✓ on the list
      </li>
      <li>
        <Swatch look="outside" /> ✕ outside the list
      </li>
      <li>
        <Swatch look="approved" /> on the list, no traffic
      </li>
      <li>
        <svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true">
          <circle class="blob" cx="10" cy="6" r="5" />
        </svg>{" "}
        area: bytes up
      </li>
    </ul>
  );
}

function Swatch({ look }: { look: string }) {
  return (
    <svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true">
      <rect class={`swatch ${look}`} x="0.5" y="0.5" width="19" height="11" />
    </svg>
  );
}

function NowhereCertain({ rows }: { rows: readonly MapRow[] }) {
  return (
    <section class="nowhere" aria-label="Nowhere certain">
      <h3>Nowhere certain, drawn on no land</h3>
      {rows.length === 0 ? (
        <p class="dim">Nothing: every place is known.</p>
      ) : (
        <ul>
          {rows.map((row) => (
            <li key={row.id}>
              <b>{bytes(row.upBytes)}</b> {row.why}
              {row.perhaps.length === 0 ? "" : ` (perhaps ${row.perhaps.join(", ")})`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function CountryTable({
  rows,
  selected,
  onSelect,
}: {
  rows: readonly MapRow[];
  selected: string | undefined;
  onSelect: (code: string | undefined) => void;
}) {
  if (rows.length === 0) return <p class="empty-text">{whyEmpty()}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section class="scroll countries" tabIndex={0} aria-label="Countries">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Country</th>
            <th scope="col">Location</th>
            <th scope="col">Worst</th>
            <th scope="col" class="number">
              Up
            </th>
            <th scope="col" class="number">
              Alerts
            </th>
          </tr>
        </thead>
        <tbody>
          {[...rows]
            .sort((a, b) => b.upBytes - a.upBytes)
            .map((row) => (
              <tr key={row.id} class={selected === row.code ? "selected" : undefined}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    aria-pressed={selected === row.code}
                    onClick={() => onSelect(selected === row.code ? undefined : (row.code ?? undefined))}
                  >
                    {row.code} · {country(row.code)}
                  </button>
                </th>
                <td>{row.verdict === null ? "not located" : VERDICT[row.verdict].word}</td>
                <td class={`judgement ${JUDGEMENT[row.judgement].look}`}>{JUDGEMENT[row.judgement].word}</td>
                <td class="number">{bytes(row.upBytes)}</td>
                <td class="number">{row.openAlerts === 0 ? "–" : count(row.openAlerts)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
