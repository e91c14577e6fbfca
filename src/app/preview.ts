import { join } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { parseWhen } from "../history/when.ts";
import { formatBytes, formatCount } from "../lib/units.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Loosening } from "../model/site.ts";
import { Losses } from "../obs/losses.ts";
import { createCore } from "../pipeline/core.ts";
import { type Recording, recordingOfFile, recordingOfHistory } from "./recorded-flows.ts";
import { openKnowledge, rulesOf } from "./rules.ts";

/** Kinds of change kept apart; what comes beyond them is one row. */
const MOST_ROWS = 10_000;
const SHOWN_ROWS = 40;

/** Flows whose judgement a configuration would change, from one zone to one party and country. */
export interface ChangeRow {
  zone: string;
  party: string;
  country: string;
  before: string;
  after: string;
  flows: number;
  bytesOut: number;
}

export interface Preview {
  title: string;
  flows: number;
  bytesOut: number;
  /** Most bytes first. */
  changes: ChangeRow[];
  /** Only the flows with most bytes were looked at. */
  isCut: boolean;
  loosenings: readonly Loosening[];
}

/** Where recent traffic is: a file of flows, or the history of a state folder. */
export function recordingFor(
  loaded: LoadedConfig,
  where: { against?: string | true; state?: string; from?: string; to?: string },
): Recording {
  if (typeof where.against === "string") return recordingOfFile(where.against);
  const nowMs = Date.now();
  return recordingOfHistory(join(where.state ?? loaded.config.state.folder, "history"), {
    fromMicros: parseWhen(where.from ?? "-1d", nowMs, "--from"),
    toMicros: parseWhen(where.to ?? "now", nowMs, "--to"),
  });
}

/**
 * What a configuration would have made of recent traffic. Held against the judgements as recorded, or (with `before`) those of
 * another configuration over the same databases, which leaves only what the change of policy does.
 */
export async function previewChange(next: LoadedConfig, recording: Recording, before?: LoadedConfig): Promise<Omit<Preview, "loosenings">> {
  const knowledge = openKnowledge(next, new Losses());
  const core = createCore(rulesOf(next, knowledge));
  const old = before && createCore(rulesOf(before, openKnowledge(before, new Losses())));
  const rows = new Map<string, ChangeRow>();
  let flows = 0;
  let bytesOut = 0;
  const { isCut } = await recording.each((batch, recorded) => {
    let was = recorded.judgement;
    old?.take(batch, [(judged) => void (was = judged.judgement.word)]);
    core.take(batch, [
      (judged) => {
        flows += recorded.flows;
        bytesOut += recorded.bytesOut;
        const now = judged.judgement.word;
        // Recorded without a site: there is nothing to hold it against.
        if (was !== "" && was !== now) add(rows, judged, was, recorded);
      },
    ]);
  });
  const changes = [...rows.values()].sort((a, b) => b.bytesOut - a.bytesOut || b.flows - a.flows || (keyOf(a) < keyOf(b) ? -1 : 1));
  return { title: recording.title, flows, bytesOut, changes, isCut };
}

function add(rows: Map<string, ChangeRow>, judged: JudgedFlow, before: string, recorded: { flows: number; bytesOut: number }): void {
  const row: ChangeRow = {
    zone: judged.zone?.name ?? "none",
    party: judged.party?.name ?? "unknown",
    country: judged.location?.place.countries[0] ?? "unknown",
    before,
    after: judged.judgement.word,
    flows: 0,
    bytesOut: 0,
  };
  let key = keyOf(row);
  if (rows.size >= MOST_ROWS && !rows.has(key)) {
    row.zone = "others";
    row.party = "others";
    row.country = "others";
    key = keyOf(row);
  }
  const held = rows.get(key) ?? row;
  held.flows += recorded.flows;
  held.bytesOut += recorded.bytesOut;
  rows.set(key, held);
}

function keyOf({ zone, party, country, before, after }: ChangeRow): string {
  return `${zone}\t${party}\t${country}\t${before}\t${after}`;
}

/** The preview for a terminal. */
export function previewText({ title, flows, bytesOut, changes, isCut, loosenings }: Preview): string {
  const changed = changes.reduce((sum, row) => sum + row.flows, 0);
  const lines = [
    `against ${title}: ${formatCount(changed)} of ${formatCount(flows)} flows (${formatBytes(bytesOut)} out) would be judged otherwise`,
  ];
  if (isCut) lines.push("only the flows that carried most were looked at: narrow the window with --from and --to");
  if (changes.length > 0) {
    const cells = changes
      .slice(0, SHOWN_ROWS)
      .map((row) => [row.zone, row.party, row.country, row.before, row.after, formatCount(row.flows), formatBytes(row.bytesOut)]);
    lines.push("", ...columns([["zone", "party", "country", "was", "becomes", "flows", "out"], ...cells]));
    if (changes.length > SHOWN_ROWS) lines.push(`… and ${changes.length - SHOWN_ROWS} more`);
  }
  if (loosenings.length > 0) lines.push("", "looser than before:", ...loosenings.map(({ text }) => `  ${text}`));
  return `${lines.join("\n")}\n`;
}

/** Cells under each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n]))
      .join("  ")
      .trimEnd(),
  );
}
