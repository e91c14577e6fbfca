import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJournal } from "../alerts/journal.ts";
import { sentenceOf } from "../alerts/sentence.ts";
import { loadConfig } from "../config/load.ts";
import { findingOf } from "../detect/finding.ts";
import { createJudgedFlow } from "../enrich/judged-flow.ts";
import { openHistory } from "../history/query.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { evidenceRows, type Row } from "../lib/evidence.ts";
import { parseAddress } from "../lib/ip.ts";
import { formatMicros } from "../lib/time.ts";
import { formatBytes } from "../lib/units.ts";
import type { Alert, Finding } from "../model/alert.ts";
import { D, FlowBatch, FlowView, I } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { Losses } from "../obs/losses.ts";
import { createCore } from "../pipeline/core.ts";
import { recordingOfHistory } from "./recorded-flows.ts";
import { openKnowledge, rulesOf } from "./rules.ts";

export interface ExplainOptions {
  alert?: string;
  flow?: string;
  address?: string;
  zone?: string;
  party?: string;
  name?: string;
  at?: string;
  state?: string;
  config?: string;
}

/** `bordertap explain`: who, to whom and how that is known, where and by whose word, which rule, what would have allowed it. */
export async function explain(options: ExplainOptions): Promise<string> {
  const asked = [options.alert, options.flow, options.address].filter((one) => one !== undefined);
  if (asked.length !== 1) throw new AppError("usage", "explain: say one of --alert, --flow, --address", { exitCode: 2 });
  if (options.alert !== undefined) return explainAlert(options.alert, options);
  return options.flow === undefined ? explainAddress(options) : explainFlow(options.flow, options);
}

/** As it was: what the alert rests on does not change when policy does. */
async function explainAlert(id: string, options: ExplainOptions): Promise<string> {
  const folder = options.state ?? loadConfig(options.config).config.state.folder;
  const alert = alertInJournal(join(folder, "alerts", "alerts.journal"), id) ?? (await alertInHistory(join(folder, "history"), id));
  if (!alert) throw new AppError("alerts_store", `there is no alert ${id} in ${folder}: is --state or --config right?`, { exitCode: 1 });
  const rows = evidenceRows(alert.evidence, { policyRevision: alert.policyRevision, builds: alert.builds });
  const first = formatMicros(alert.firstMicros);
  const last = formatMicros(alert.lastMicros);
  const sent = `${formatBytes(alert.bytesOut)} out, ${formatBytes(alert.bytesIn)} in`;
  rows.unshift(
    ["alert", `${alert.id}, ${alert.detection}, ${alert.severity}, ${alert.state}${alert.owner === undefined ? "" : ` by ${alert.owner}`}`],
    // A fault of bordertap's own has no flow.
    ...(alert.evidence.insideAddress === undefined
      ? []
      : [["how much", `${plural(alert.flowCount, "flow")}, ${sent}, from ${plural(alert.assetCount, "inside host")}`] as const]),
    [
      "when",
      `${first === last ? first : `${first} to ${last}`}${alert.clearedMicros === undefined ? "" : `, ended ${formatMicros(alert.clearedMicros)}`}`,
    ],
  );
  if (alert.relevantTo.length > 0) rows.push(["relevant to", `${alert.relevantTo.join("; ")} (an indicator, not a finding of breach)`]);
  for (const step of alert.next) rows.push(["next", step]);
  for (const { atMs, who, what, note } of alert.history)
    rows.push(["history", `${new Date(atMs).toISOString()} ${who}: ${what}${note === undefined ? "" : ` “${note}”`}`]);
  // The stored one may be older than the counters, which the journal writes more often.
  return `${sentenceOf(alert)}\n\n${rowsText(rows)}`;
}

/** Rows under each other, a label only where it changes. */
function rowsText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return `${rows.map(([label, text], n) => `${(rows[n - 1]?.[0] === label ? "" : label).padEnd(width)}${text}`).join("\n")}\n`;
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function alertInJournal(path: string, id: string): Alert | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AppError("alerts_store", `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  return decodeJournal(bytes)?.alerts.get(id)?.alert;
}

async function alertInHistory(folder: string, id: string): Promise<Alert | undefined> {
  const sql = `SELECT document FROM alerts WHERE alert_id = '${id.replaceAll("'", "''")}'`;
  try {
    const { rows } = await (await openHistory(folder)).query({ sql, limit: 1 });
    const text = rows[0]?.[0];
    return typeof text === "string" ? (JSON.parse(text) as Alert) : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "history_unavailable") return undefined;
    throw error;
  }
}

/** A recorded flow, judged by the configuration at hand; says so where that differs from what was recorded. */
async function explainFlow(id: string, options: ExplainOptions): Promise<string> {
  const parts = /^(?:(.+)\/)?(\d{1,5})\.(\d{1,15})$/.exec(id);
  if (!parts)
    throw new AppError("usage", `--flow: ${JSON.stringify(id)} is no flow id: thread.number or epoch/thread.number`, { exitCode: 2 });
  const [, epoch, thread, number] = parts;
  const loaded = loadConfig(options.config);
  const filter = `sensor_thread = ${thread} AND flow_id = ${number}${epoch === undefined ? "" : ` AND sensor_epoch = '${epoch.replaceAll("'", "''")}'`}`;
  const recording = recordingOfHistory(join(options.state ?? loaded.config.state.folder, "history"), {}, filter);
  const rules = rulesOf(loaded, openKnowledge(loaded, new Losses()));
  const core = createCore(rules);
  let text: string | undefined;
  await recording.each((batch, recorded) => {
    core.take(batch, [
      (judged) => {
        if (text !== undefined) return;
        const rows = evidenceRows(findingFrom(judged), { policyRevision: rules.policy.revision, builds: rules.places.builds });
        if (recorded.judgement !== "" && recorded.judgement !== judged.judgement.word)
          rows.push(["recorded as", `${recorded.judgement}${recorded.country === "" ? "" : `, in ${recorded.country}`}`]);
        text = rowsText([["flow", `${id}, ${judged.direction}, ${judged.judgement.word}`], ...rows]);
      },
    ]);
  });
  if (text === undefined) throw new AppError("history_query", `there is no flow ${id} in ${recording.title}`, { exitCode: 1 });
  return text;
}

/** What policy would say of a flow that never was: from a zone to an address. */
function explainAddress(options: ExplainOptions): string {
  const { address = "", zone: zoneName, party: partyName, name } = options;
  const words = parseAddress(address);
  if (!words) throw new AppError("usage", `--address: ${JSON.stringify(address)} is no IPv4 or IPv6 address`, { exitCode: 2 });
  const loaded = loadConfig(options.config);
  const rules = rulesOf(loaded, openKnowledge(loaded, new Losses()));
  const { all } = rules.enricher.zones;
  const zone = zoneName === undefined ? all[0] : all.find((one) => one.name === zoneName);
  if (!zone)
    throw new AppError("usage", `--zone: there is no zone ${JSON.stringify(zoneName)}: ${all.map((one) => one.name).join(", ")}`, {
      exitCode: 2,
    });
  const party = loaded.site.parties.find((one) => one.name === partyName);
  if (partyName !== undefined && !party)
    throw new AppError("usage", `--party: there is no party ${JSON.stringify(partyName)} in the register`, { exitCode: 2 });
  const atMs = options.at === undefined ? Date.now() : Date.parse(options.at);
  if (Number.isNaN(atMs)) throw new AppError("usage", `--at: ${JSON.stringify(options.at)} is no time (RFC 3339)`, { exitCode: 2 });
  const judged = createJudgedFlow();
  const batch = new FlowBatch(1);
  batch.count = 1;
  for (const at of [D.startMicros, D.endMicros, D.eventMicros]) batch.doubles[at] = atMs * 1000;
  batch.doubles[D.rttMicros] = Number.NaN;
  batch.ints.set(words, I.responderAddress);
  batch.ints.set(parseAddress(zone.networks[0]?.split("/")[0] ?? loaded.site.inside[0].split("/")[0]) ?? words, I.initiatorAddress);
  batch.ints[I.initiatorPort] = -1;
  batch.ints[I.responderPort] = -1;
  if (name !== undefined) batch.facts[0] = { protocols: [], names: [{ name: name.toLowerCase(), source: "host" }] };
  rules.enricher.enrich(new FlowView().at(batch, 0), judged);
  judged.zone = zone;
  judged.asset = undefined;
  if (party) judged.party = party;
  if (party) judged.partyBy = undefined;
  // The question is what would be said of that party, not whether it is there.
  if (party) judged.isPartyProven = true;
  rules.policy.judgeFlow(judged);
  const rows = evidenceRows(findingFrom(judged), { policyRevision: rules.policy.revision, builds: rules.places.builds });
  // There is no inside host: only the zone was asked about.
  return rowsText([
    [
      "asked",
      `what of ${address}${name === undefined ? "" : ` (${name})`} from zone ${zone.name} at ${formatMicros(atMs * 1000)}: ${judged.judgement.word}`,
    ],
    ...rows.filter(([label]) => label !== "who"),
  ]);
}

function findingFrom(judged: JudgedFlow): Finding {
  return findingOf(
    judged,
    { sinceMicros: judged.flow.startMicros, bytesOut: 0, bytesIn: 0, flows: 1 },
    { detection: "", severity: "info", key: [] },
  );
}
