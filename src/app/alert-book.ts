import type { Act, ActResult, Alerts } from "../alerts/index.ts";
import type { AlertAct, AlertActOutcome, AlertBook } from "../console/live.ts";
import { AppError } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";
import { type Blocklist, blockableAddress } from "./blocklist.ts";

/** The store of alerts as the console sees it; approvals for the block list go to `blocklist`, the one in effect (a replay has none). */
export function alertBook(alerts: Alerts, blocklist?: () => Blocklist): AlertBook {
  const get = (id: string) => alerts.get(id) as Alert | undefined;
  const told = (id: string, outcome: ActResult): AlertActOutcome => {
    switch (outcome.result) {
      case "ok":
        return { result: "ok", alert: outcome.alert as Alert };
      case "conflict":
        return { result: "conflict", alert: get(id) as Alert };
      case "refused":
        return { result: "refused", why: outcome.reason };
      case "unknown":
        return { result: "missing" };
    }
  };
  return {
    list: () => alerts.list().alerts as Alert[],
    get,
    act: (id, act) => (act.act === "block" ? block(id, act) : told(id, alerts.act(id, actOf(act, act.act)))),
    blockable: (alert) => (blocklist === undefined ? undefined : blockableAddress(alert)),
  };

  function block(id: string, { who, revision, days, note }: AlertAct): AlertActOutcome {
    const alert = get(id);
    if (alert === undefined) return { result: "missing" };
    if (blocklist === undefined) return { result: "refused", why: "a replay has no block list" };
    const options = days === undefined ? {} : { days };
    const address = blockableAddress(alert);
    try {
      const entry = blocklist()
        .approve(alert, who, { ...options, isDryRun: true })
        .find((one) => one.address === address)!;
      const said = `approved for the block list: ${address}, until ${new Date(entry.untilMs).toISOString()}`;
      // First the record, which refuses who saw an older alert; then the list.
      const outcome = alerts.act(id, { act: "note", who, revision, note: note === undefined ? said : `${said}: ${note}` });
      if (outcome.result === "ok") blocklist().approve(alert, who, { ...options, isDryRun: false });
      return told(id, outcome);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "output_failed")
        alerts.act(id, { act: "note", who: "bordertap", revision: alert.revision, note: `not on the block list: ${error.message}` });
      return { result: "refused", why: error.message };
    }
  }
}

/** The console has checked shape and limits; the store checks what the alert's state allows. */
function actOf({ who, revision, untilMs, reason, note }: AlertAct, act: Exclude<AlertAct["act"], "block">): Act {
  const said = [reason, note].filter((text) => text !== undefined).join(": ");
  const base = { who, revision };
  switch (act) {
    case "snooze":
      return { ...base, act, untilMs: untilMs ?? 0, ...(said === "" ? {} : { note: said }) };
    case "close":
      return { ...base, act, reason: reason as Extract<Act, { act: "close" }>["reason"], ...(note === undefined ? {} : { note }) };
    default:
      return { ...base, act, ...(note === undefined ? {} : { note }) };
  }
}
