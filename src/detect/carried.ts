import type { FlowContext, FlowDetection, LastingMemory, StatusWatch } from "./detection.ts";
import { FirstSeen } from "./first-seen.ts";
import { FlowLedger } from "./flow-ledger.ts";
import { DAY, HOUR, HourlySums, MONTH } from "./hourly-sums.ts";

const SAVED_VERSION = 1;
const TABLES = ["seen", "sums", "daySums", "monthSums"] as const;

/** What a detection counts that does not hang on its settings. */
export type Carried = Pick<FlowContext<string>, "ledger" | (typeof TABLES)[number]>;

/** By detection, as it stands: for those that take over within one run. `memory` where the declaration passes it on. */
export type PassedOn = ReadonlyMap<string, { tables: Carried; memory?: unknown }>;

/** What of one detection is written down. */
type Kept = Partial<Record<"memory" | (typeof TABLES)[number], unknown>>;

interface Running {
  detection: FlowDetection;
  context: FlowContext<string>;
}

interface Watching {
  name: string;
  watch: StatusWatch;
}

/** What one detection has, as it stands. */
export function carriedBy({ detection, context }: Running): { tables: Carried; memory?: unknown } {
  const { ledger, sums, daySums, monthSums, seen, memory } = context;
  return { tables: { ledger, sums, daySums, monthSums, seen }, ...(detection.passesOnMemory ? { memory } : {}) };
}

/** New tables, with what an earlier run wrote down. */
export function carriedFrom(kept: Kept, resumedFromMicros: number | undefined): Carried {
  const carried: Carried = {
    ledger: new FlowLedger(resumedFromMicros),
    sums: new HourlySums(undefined, HOUR),
    daySums: new HourlySums(undefined, DAY),
    monthSums: new HourlySums(undefined, MONTH),
    seen: new FirstSeen(),
  };
  for (const table of TABLES) carried[table].load(kept[table]);
  return carried;
}

/** All that is to outlive a run, as JSON can hold it; `isPassedOn`: without what is passed on as it stands. */
export function saveAll(all: readonly Running[], watching: readonly Watching[], isPassedOn: boolean): object {
  const memories: Record<string, Kept> = {};
  for (const { detection, context } of all) {
    const kept: Kept = {};
    if (isLasting(context.memory) && !(isPassedOn && detection.passesOnMemory)) kept.memory = context.memory.save();
    for (const table of isPassedOn ? [] : TABLES) if (context[table].size > 0) kept[table] = context[table].save();
    if (Object.keys(kept).length > 0) memories[detection.name] = kept;
  }
  const watches = Object.fromEntries(watching.flatMap(({ name, watch }) => (watch.save === undefined ? [] : [[name, watch.save()]])));
  return { version: SAVED_VERSION, memories, watches };
}

/** What of a detection was written down. Whatever is not as `saveAll` wrote it is left out: memory that is lost is learned again. */
export function keptOf(name: string, saved: unknown): Kept {
  const { memories } = partsOf<{ memories?: Record<string, Kept | undefined> }>(saved);
  return memories?.[name] ?? {};
}

/** Gives memories of their own what was written down of them. */
export function loadMemories(all: readonly Running[], watching: readonly Watching[], saved: unknown): void {
  for (const { detection, context } of all) {
    const { memory } = keptOf(detection.name, saved);
    if (memory !== undefined && isLasting(context.memory)) context.memory.load(memory);
  }
  const { watches } = partsOf<{ watches?: Record<string, unknown> }>(saved);
  for (const { name, watch } of watching) if (watches?.[name] !== undefined) watch.load?.(watches[name]);
}

function partsOf<Parts extends object>(saved: unknown): Partial<Parts> {
  if (typeof saved !== "object" || saved === null || (saved as { version?: unknown }).version !== SAVED_VERSION) return {};
  return saved as Parts;
}

function isLasting(memory: unknown): memory is LastingMemory {
  return typeof memory === "object" && memory !== null && "save" in memory && "load" in memory;
}
