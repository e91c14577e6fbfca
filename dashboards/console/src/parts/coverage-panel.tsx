import type { CoverageRow, SensorRow } from "../../../../src/console/wire.ts";
import { bytes, count, duration, percent } from "../format.ts";
import { status } from "../store.ts";
import { Panel, Waiting } from "./panel.tsx";

/** What the tap saw, what became of it, and what is missing. If the sum does not hold, that is the first line. */
export function CoveragePanel() {
  const row = status.value;
  return (
    <div id="coverage">
      <Panel id="coverage-panel" title="Coverage" note="since the sensors started">
        {row ? <Accounts coverage={row.coverage} /> : <Waiting rows={4} />}
        {row && row.health.problems.length > 0 ? (
          <ul class="reasons">
            {row.health.problems.map((problem) => (
              <li key={problem.component}>
                <b>{problem.component}</b> {problem.state}: {problem.reason || "no reason given"}
              </li>
            ))}
          </ul>
        ) : null}
      </Panel>
    </div>
  );
}

function Accounts({ coverage }: { coverage: CoverageRow }) {
  const share = (n: number) => (coverage.seen === 0 ? "" : ` (${percent(n / coverage.seen)})`);
  const losses = Object.entries(coverage.losses).sort(([, a], [, b]) => b - a);
  return (
    <>
      {coverage.reasons.length > 0 ? (
        <ul class="reasons">
          {coverage.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : null}
      <p class="sum">
        <Term word="seen" n={coverage.seen} /> <span class="op">=</span>{" "}
        <Term word="decoded" n={coverage.decoded} more={share(coverage.decoded)} /> <span class="op">+</span>{" "}
        <Term word="malformed" n={coverage.malformed} more={share(coverage.malformed)} /> <span class="op">+</span>{" "}
        <Term word="filtered" n={coverage.filtered} more={share(coverage.filtered)} /> <span class="op">+</span>{" "}
        <Term word="kernel drops" n={coverage.dropped} more={coverage.dropped === null ? "" : share(coverage.dropped)} />{" "}
        <b class={coverage.residue === 0 ? "adds-up" : "adds-not"}>
          {coverage.residue === null
            ? "? cannot be checked"
            : coverage.residue === 0
              ? "✓ adds up"
              : `✕ ${count(coverage.residue)} not accounted for`}
        </b>
      </p>
      {coverage.sensors.length > 0 ? <Sensors rows={coverage.sensors.filter(isTap)} /> : null}
      <Collectors rows={coverage.sensors} />
      {losses.length > 0 ? (
        <details>
          <summary>Losses by reason ({losses.length})</summary>
          <table class="rows narrow">
            <thead>
              <tr>
                <th scope="col">Reason</th>
                <th scope="col" class="number">
                  Count
                </th>
              </tr>
            </thead>
            <tbody>
              {losses.map(([reason, n]) => (
                <tr key={reason}>
                  <th scope="row" class="mono">
                    {reason}
                  </th>
                  <td class="number">{count(n)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : null}
    </>
  );
}

function Term({ word, n, more = "" }: { word: string; n: number | null; more?: string }) {
  return (
    <span class="term">
      <b>{count(n)}</b> {word}
      <span class="dim">{more}</span>
    </span>
  );
}

/** It reads packets: a thread that reads flow exports has a table of its own. */
function isTap(row: SensorRow): boolean {
  return row.exports === null;
}

/** Threads that read NetFlow, IPFIX or sFlow: what came, and what is known to have been lost on the way. */
function Collectors({ rows }: { rows: readonly SensorRow[] }) {
  const collectors = rows.filter((row) => !isTap(row));
  if (collectors.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section class="scroll" tabIndex={0} aria-label="Flow exports">
      <table class="rows">
        <thead>
          <tr>
            {["Flow exports", "Exporters", "Messages", "Flow records", "Lost", "Given up", "Malformed", "Last message"].map((word, n) => (
              <th key={word} scope="col" class={n === 0 ? undefined : "number"}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {collectors.map(({ sensor, exports, lastPacketAgeMs }) => (
            <tr key={sensor}>
              <th scope="row">{sensor}</th>
              <td class="number">{count(exports!.exporters)}</td>
              <td class="number">{count(exports!.messages)}</td>
              <td class="number">{count(exports!.records)}</td>
              <td class="number">{count(exports!.lost)}</td>
              <td class="number">{count(exports!.dropped)}</td>
              <td class="number">{count(exports!.malformed)}</td>
              <td class="number">{lastPacketAgeMs === null ? "never" : `${duration(lastPacketAgeMs)} ago`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Sensors({ rows }: { rows: readonly SensorRow[] }) {
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section class="scroll" tabIndex={0} aria-label="Sensors">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Sensor</th>
            <th scope="col" class="number">
              Packets/s
            </th>
            <th scope="col" class="number">
              Last packet
            </th>
            <th scope="col" class="number">
              Seen
            </th>
            <th scope="col" class="number">
              Drops
            </th>
            <th scope="col" class="number">
              One-way flows
            </th>
            <th scope="col" class="number">
              Active flows
            </th>
            <th scope="col" class="number">
              Evicted
            </th>
            <th scope="col" class="number">
              Memory
            </th>
            <th scope="col" class="number">
              Restarts
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.sensor}>
              <th scope="row">{row.sensor}</th>
              <td class="number">{row.packetsPerSecond === null ? "–" : count(row.packetsPerSecond)}</td>
              <td class="number">{row.lastPacketAgeMs === null ? "never" : `${duration(row.lastPacketAgeMs)} ago`}</td>
              <td class="number">{count(row.seen)}</td>
              <td class="number">{count(row.dropped)}</td>
              <td class="number">{row.oneWayRatio === null ? "–" : percent(row.oneWayRatio, 1)}</td>
              <td class="number">{count(row.activeFlows)}</td>
              <td class="number">{count(row.evictedFlows)}</td>
              <td class="number">{bytes(row.memoryBytes)}</td>
              <td class="number">{count(row.restarts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
