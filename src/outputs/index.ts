import { JsonLinesAlerts, JsonLinesFile, JsonLinesFlows, type JsonLinesOptions } from "./json-lines.ts";
import type { AlertSink, FlowSink } from "./sink.ts";

export { alertDocument } from "./alert-document.ts";
export { ContractFlows } from "./contract-flows.ts";
export { type FlowDocumentOptions, flowDocument } from "./flow-document.ts";
export { JsonLinesAlerts, JsonLinesFile, JsonLinesFlows, type JsonLinesOptions } from "./json-lines.ts";
export { type ReadableParts, readableSummary } from "./readable-summary.ts";
export type { AlertSink, FlowSink, SinkCounters } from "./sink.ts";
export { type Summary, type SummaryParts, summaryOf } from "./summary.ts";
export { type CountryRow, type PartyRow, type TotalRow, Totals } from "./totals.ts";

/** Sinks of flow events, by their name in configuration: one line each. */
export const FLOW_SINKS: Readonly<Record<string, (options: JsonLinesOptions) => Promise<FlowSink & { reopen(): void }>>> = {
  "json-lines": async (options) => new JsonLinesFlows(await JsonLinesFile.open(options)),
};

/** Sinks of alerts. */
export const ALERT_SINKS: Readonly<Record<string, (options: JsonLinesOptions) => Promise<AlertSink & { reopen(): void }>>> = {
  "json-lines": async (options) => new JsonLinesAlerts(await JsonLinesFile.open(options)),
};
