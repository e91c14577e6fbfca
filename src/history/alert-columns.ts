import type { Alert } from "../model/alert.ts";

/** Columns of an alert's state in history: the document whole, and what people search by. One row for each revision recorded. */
export interface AlertColumn {
  name: string;
  type: "UBIGINT" | "UINTEGER" | "UTINYINT" | "BOOLEAN" | "TIMESTAMP" | "VARCHAR" | "VARCHAR[]";
  doc: string;
  /** A number (times in microseconds) or text (lists joined by spaces); undefined: nothing. */
  read(alert: Alert): number | string | undefined;
}

export const ALERT_COLUMNS: readonly AlertColumn[] = [
  { name: "alert_id", type: "VARCHAR", doc: "id of the alert", read: (a) => a.id },
  { name: "thread_id", type: "VARCHAR", doc: "thread that the alert belongs to", read: (a) => a.threadId },
  { name: "revision", type: "UINTEGER", doc: "rises with every change", read: (a) => a.revision },
  { name: "detection", type: "VARCHAR", doc: "name from the catalogue", read: (a) => a.detection },
  { name: "severity", type: "VARCHAR", doc: "info, low, medium, high or critical", read: (a) => a.severity },
  { name: "state", type: "VARCHAR", doc: "open, taken, snoozed or closed", read: (a) => a.state },
  { name: "zone", type: "VARCHAR", doc: "zone of the inside ends", read: (a) => a.zone },
  { name: "party", type: "VARCHAR", doc: "party at the outside end", read: (a) => a.party },
  { name: "name", type: "VARCHAR", doc: "best name of the outside end", read: (a) => a.name },
  { name: "country", type: "VARCHAR", doc: "most credible country", read: (a) => a.countries[0] },
  { name: "countries", type: "VARCHAR[]", doc: "all countries, most credible first", read: (a) => a.countries.join(" ") },
  { name: "location_verdict", type: "VARCHAR", doc: "verdict over the place", read: (a) => a.verdict },
  {
    name: "confidence",
    type: "UTINYINT",
    doc: "0 to 100",
    read: (a) => (a.confidence === undefined ? undefined : Math.round(a.confidence)),
  },
  { name: "bytes_out", type: "UBIGINT", doc: "bytes that left the site", read: (a) => a.bytesOut },
  { name: "bytes_in", type: "UBIGINT", doc: "bytes that came in", read: (a) => a.bytesIn },
  { name: "flow_count", type: "UBIGINT", doc: "flows", read: (a) => a.flowCount },
  { name: "finding_count", type: "UBIGINT", doc: "firings", read: (a) => a.findingCount },
  { name: "asset_count", type: "UINTEGER", doc: "distinct inside ends", read: (a) => a.assetCount },
  { name: "first_time", type: "TIMESTAMP", doc: "first packet of what is reported (UTC)", read: (a) => a.firstMicros },
  { name: "last_time", type: "TIMESTAMP", doc: "latest firing (UTC)", read: (a) => a.lastMicros },
  { name: "owner", type: "VARCHAR", doc: "who took it", read: (a) => a.owner },
  { name: "closed_reason", type: "VARCHAR", doc: "why it was closed", read: (a) => a.closedReason },
  { name: "sentence", type: "VARCHAR", doc: "what happened, in one sentence", read: (a) => a.sentence },
  { name: "policy_revision", type: "VARCHAR", doc: "revision of the policy that judged", read: (a) => a.policyRevision },
  { name: "is_replay", type: "BOOLEAN", doc: "a replay made it", read: (a) => (a.isReplay ? 1 : 0) },
  { name: "document", type: "VARCHAR", doc: "the whole alert, as JSON", read: (a) => JSON.stringify(a) },
];
