import type { Act, Alerts } from "../alerts/index.ts";
import type { AlertAct, AlertBook } from "../console/live.ts";
import type { Alert } from "../model/alert.ts";

/** The store of alerts as the console sees it. */
export function alertBook(alerts: Alerts): AlertBook {
  const get = (id: string) => alerts.get(id) as Alert | undefined;
  return {
    list: () => alerts.list().alerts as Alert[],
    get,
    act(id, act) {
      const outcome = alerts.act(id, actOf(act));
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
    },
  };
}

/** The console has checked shape and limits; the store checks what the alert's state allows. */
function actOf({ act, who, revision, untilMs, reason, note }: AlertAct): Act {
  const said = [reason, note].filter((text) => text !== undefined).join(": ");
  const base = { who, revision };
  switch (act) {
    case "snooze":
      return { ...base, act, untilMs: untilMs ?? 0, ...(said === "" ? {} : { note: said }) };
    case "close":
      return { ...base, act, reason: reason as Extract<Act, { act: "close" }>["reason"], ...(note === undefined ? {} : { note }) };
    default:
      return { ...base, act, ...(note === undefined ? {} : { note }) } as Act;
  }
}
