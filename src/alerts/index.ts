export { type ActResult, ALERT_CHANGES, type AlertChange, type AlertFilter, Alerts, type AlertsOptions } from "./alerts.ts";
export type { JournalFile, JournalFiles } from "./files.ts";
export { type Act, CLOSE_REASONS, type CloseReason } from "./lifecycle.ts";
export { sentenceOf } from "./sentence.ts";

import { Alerts, type AlertsOptions } from "./alerts.ts";

/** Opens the alerts: in memory, or with a journal in `folder`. Throws an AppError (`alerts_store`) when that cannot be used. */
export function openAlerts(options: AlertsOptions): Promise<Alerts> {
  return Alerts.open(options);
}
