import type { JudgementWord } from "../model/judgement.ts";
import type { LocationVerdict } from "../model/location.ts";
import type { LiveState } from "./live.ts";
import type { CellSum } from "./traffic.ts";
import type { MapRow } from "./wire.ts";

const WORST_LAST: readonly JudgementWord[] = ["ignored", "approved", "authorised", "undecided", "violation"];

/** Rows of the map: a country each, and what belongs nowhere certain by the reason why. At most 260 of them. */
const MOST_MAP_ROWS = 260;

export function mapRows(live: LiveState, minutes: number): MapRow[] {
  const rows = new Map<string, MapRow & { perhaps: string[] }>();
  live.traffic.forEachCell(minutes, (cell) => {
    const why = whyNowhere(cell);
    const id = why === null ? cell.country : `nowhere:${why}`;
    let row = rows.get(id);
    if (!row) {
      row = {
        id,
        code: why === null ? cell.country : null,
        verdict: cell.verdict,
        judgement: cell.judgement,
        upBytes: 0,
        downBytes: 0,
        flows: 0,
        openAlerts: 0,
        why,
        perhaps: [],
      };
      rows.set(id, row);
    }
    row.upBytes += cell.upBytes;
    row.downBytes += cell.downBytes;
    row.flows += cell.flows;
    row.verdict = worseVerdict(row.verdict, cell.verdict);
    if (WORST_LAST.indexOf(cell.judgement) > WORST_LAST.indexOf(row.judgement)) row.judgement = cell.judgement;
    if (why !== null && cell.country !== "" && cell.country !== "other" && !row.perhaps.includes(cell.country))
      row.perhaps.push(cell.country);
  });
  for (const alert of live.alerts()) {
    if (alert.state === "closed") continue;
    const row = rows.get(alert.countries[0] ?? "");
    if (row) row.openAlerts += 1;
  }
  for (const row of rows.values()) row.perhaps.sort();
  return [...rows.values()].sort((a, b) => b.upBytes - a.upBytes || (a.id < b.id ? -1 : 1)).slice(0, MOST_MAP_ROWS);
}

function whyNowhere(cell: CellSum): string | null {
  if (cell.verdict === "contradicted") return "sources contradict each other";
  if (cell.country === "") return "no source names a country";
  if (cell.country === "other") return "too many places to list";
  if (cell.verdict === "indeterminate") return "a country is named without certainty";
  if (cell.verdict === null) return "not located";
  return null;
}

/** Zones may hold a country against different lists: outside one of them counts. */
function worseVerdict(a: LocationVerdict | null, b: LocationVerdict | null): LocationVerdict | null {
  return a === "outside-list" || b === "outside-list" ? "outside-list" : (a ?? b);
}
