import type { Growth, Severity } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { countryOf, type Destination } from "./destination.ts";
import type { FlowContext } from "./detection.ts";
import { findingOf } from "./finding.ts";
import type { HourlySums } from "./hourly-sums.ts";
import type { Thread } from "./thread.ts";

/** What a finding says beside the flow itself. */
export interface Words {
  because: string;
  wouldAllow?: string;
  detail?: string;
  /** The first of the declaration's steps that is about this. */
  next?: string;
  /** "detection:<name>" when left out. */
  rule?: string;
}

/** Adds to the window of a thread, and returns its sum. A detection uses one kind of window per thread. */
export function addToWindow(sums: HourlySums, thread: Thread, atMicros: number, amount: number): number {
  if (thread.sum === undefined || thread.sum.isForgotten) thread.sum = sums.of(thread.key.join("|"), atMicros);
  return sums.add(thread.sum, atMicros, amount);
}

/** The thread of a flow: its zone, destination and country. */
export function threadOf(judged: JudgedFlow, { threads, destinations }: FlowContext<string>, destination?: Destination): Thread {
  return threads.of(judged.zone, destination ?? destinations.of(judged), countryOf(judged));
}

/** Reports a flow, or what is new of it since its last finding; `words` is only asked when a whole finding is needed. */
export function reportFlow(
  judged: JudgedFlow,
  context: FlowContext<string>,
  detection: string,
  severity: Severity,
  thread: Thread,
  words: () => Words,
): void {
  context.ledger.share(judged);
  reportGrowth(judged, context, context.ledger, detection, severity, thread, words);
}

/** The same for what was counted by other means. */
export function reportGrowth(
  judged: JudgedFlow,
  { reporter }: FlowContext<string>,
  growth: Readonly<Growth>,
  detection: string,
  severity: Severity,
  thread: Thread,
  words: () => Words,
): void {
  if (reporter.grow(thread, judged, severity, growth)) return;
  const parts = { detection, severity, key: thread.key, rule: `detection:${detection}` };
  reporter.open(thread, findingOf(judged, growth, { ...parts, ...words() }));
}
