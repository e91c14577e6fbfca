import { stringify } from "yaml";
import type { LoadedConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { type Candidate, type Candidates, createCandidates } from "../enrich/candidates.ts";
import { AppError } from "../lib/errors.ts";
import { formatBytes, formatCount } from "../lib/units.ts";
import { Losses } from "../obs/losses.ts";
import { createCore } from "../pipeline/core.ts";
import { columns, recordingFor } from "./preview.ts";
import { openKnowledge, rulesOf } from "./rules.ts";

export interface TrafficOptions {
  flows?: string;
  state?: string;
  from?: string;
  to?: string;
  config?: string;
}

type Party = LoadedConfig["config"]["parties"][number];

/**
 * Checks a CSV file of parties, alone or beside a configuration, and gives it as YAML for `parties:`. All or nothing: throws
 * ConfigError with every row, column and reason.
 */
export function importParties(file: string, configPath: string | undefined): { yaml: string; count: number; warnings: string[] } {
  const before = configPath === undefined ? 0 : loadConfig(configPath).config.parties.length;
  const { config, warnings } = loadConfig(configPath, process.env, { tables: { parties: file } });
  const added = config.parties.slice(before);
  return {
    yaml: stringify({ parties: added.map(brief) }, { compat: "yaml-1.1", lineWidth: 120 }),
    count: added.length,
    warnings: warnings.map(({ text }) => text),
  };
}

/** Without what a default says anyway. */
function brief(party: Party): Record<string, unknown> {
  const kept = Object.entries(party).filter(
    ([key, value]) =>
      value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0) && !(key === "title" && value === party.name),
  );
  return Object.fromEntries(kept);
}

/** Who is seen in recorded traffic and not in the register of this configuration. */
export async function seenCandidates(options: TrafficOptions): Promise<{ candidates: Candidates; title: string; isCut: boolean }> {
  const loaded = loadConfig(options.config);
  const { flows: against, ...window } = options;
  const recording = recordingFor(loaded, { ...window, ...(against === undefined ? {} : { against }) });
  const core = createCore(rulesOf(loaded, openKnowledge(loaded, new Losses())));
  const candidates = createCandidates();
  const { isCut } = await recording.each((batch, recorded) => {
    core.take(batch, [(judged) => candidates.add(judged, recorded)]);
  });
  return { candidates, title: recording.title, isCut };
}

export async function candidatesText(options: TrafficOptions, limit: number): Promise<string> {
  const { candidates, title, isCut } = await seenCandidates(options);
  const all = candidates.list();
  if (all.length === 0) return `${title}: everybody who was seen is registered\n`;
  const rows = all
    .slice(0, limit)
    .map((one) => [
      one.key,
      organizationOf(one),
      formatBytes(one.bytesOut),
      formatBytes(one.bytesIn),
      formatCount(one.flows),
      listed(one.zones),
      listed(one.countries),
      listed(one.judgements),
    ]);
  const lines = columns([["candidate", "announced by", "out", "in", "flows", "zones", "countries", "judged"], ...rows]);
  if (all.length > limit) lines.push(`… and ${all.length - limit} more (--limit)`);
  if (candidates.forgotten() > 0) lines.push(`${candidates.forgotten()} with fewer bytes were left out for want of room`);
  if (isCut) lines.push("only the flows that carried most were looked at: narrow the window with --from and --to");
  return `${lines.join("\n")}\n`;
}

/** A register entry for a candidate, as YAML that a configuration takes as it is, to be completed from the contract. */
export async function adoptText(key: string, options: TrafficOptions & { role: string }): Promise<string> {
  const { candidates, title } = await seenCandidates(options);
  const found = candidates.get(key.toLowerCase()) ?? candidates.get(key);
  if (!found)
    throw new AppError("usage", `nobody called ${JSON.stringify(key)} was seen in ${title} without being registered`, { exitCode: 1 });
  const entry = {
    name: found.key.replace(/[^A-Za-z0-9._-]/g, "-"),
    title: found.key,
    role: options.role,
    ...(found.by === "domain" ? { domains: [found.key] } : {}),
    ...(found.by === "asn" ? { asns: [...found.asns] } : {}),
    ...(found.by === "address" ? { networks: [found.key] } : {}),
    countries: [],
  };
  const head = [
    `# Seen in ${title}: ${formatBytes(found.bytesOut)} out of ${listed(found.zones)}, in ${listed(found.countries) || "no known country"}${announcer(found)}.`,
    "# Fill in from the contract: title, services, data, countries (where it may be, not where it was seen), agreementEnds, documents.",
  ];
  return `${head.join("\n")}\n${stringify({ parties: [entry] }, { compat: "yaml-1.1" })}`;
}

/** Who announces the address is mostly a provider of servers, and not who runs the service. */
function announcer({ asns, organizations }: Candidate): string {
  if (asns.size === 0) return "";
  return `, at an address of AS ${listed(asns)}${organizations.size === 0 ? "" : ` (${listed(organizations, 2)})`}`;
}

function organizationOf({ organizations }: Candidate): string {
  return listed(organizations, 2);
}

function listed(values: Iterable<string | number>, most = 4): string {
  const all = [...values];
  return all.length > most ? `${all.slice(0, most).join(", ")} +${all.length - most}` : all.join(", ");
}
