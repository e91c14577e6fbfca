import type { Alert, AlertState } from "../model/alert.ts";

/** Why a person closes an alert. `cleared` is bordertap's own, for health alerts. */
export const CLOSE_REASONS = ["incident", "authorised since", "location wrong", "test", "duplicate"] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

const LONGEST_SNOOZE_MS = 7 * 24 * 3_600_000;
const LONGEST_NOTE = 2000;
const LONGEST_WHO = 100;

/** What a person does to an alert. `revision` is the one that they saw. */
export type Act = { who: string; revision: number; note?: string } & (
  | { act: "take" | "note" | "reopen" }
  | { act: "snooze"; untilMs: number }
  | { act: "close"; reason: CloseReason }
);

/** From which states an act is possible. */
const ALLOWED: Record<Act["act"], readonly AlertState[]> = {
  take: ["open", "taken", "snoozed"],
  snooze: ["open", "taken", "snoozed"],
  close: ["open", "taken", "snoozed"],
  note: ["open", "taken", "snoozed", "closed"],
  reopen: ["closed"],
};

/** Why an act cannot be done, in words; undefined when it can. */
export function refusalOf(alert: Readonly<Alert>, act: Act, nowMs: number): string | undefined {
  if (cleaned(act.who, LONGEST_WHO) === "") return "say who you are";
  if (!ALLOWED[act.act].includes(alert.state)) return `an alert that is ${alert.state} cannot be given "${act.act}"`;
  const note = cleaned(act.note ?? "", LONGEST_NOTE);
  if (act.act === "note" && note === "") return "a note needs text";
  if (act.act === "snooze") {
    if (!(act.untilMs > nowMs)) return "a snooze must end in the future";
    if (act.untilMs - nowMs > LONGEST_SNOOZE_MS) return "a snooze lasts 7 days at most";
    if (note === "") return "a snooze needs a reason";
  }
  if (act.act === "close") {
    if (!CLOSE_REASONS.includes(act.reason)) return `a close needs a reason: ${CLOSE_REASONS.join(", ")}`;
    if (note === "" && (alert.severity === "high" || alert.severity === "critical")) return "closing a high or critical alert needs a note";
  }
  return undefined;
}

/** Does it. Only after `refusalOf` said nothing. The caller adds the history entry, whose words this returns. */
export function apply(alert: Alert, act: Act): string {
  switch (act.act) {
    case "take":
      alert.owner = cleaned(act.who, LONGEST_WHO);
      delete alert.snoozedUntilMs;
      if (alert.clearedMicros === undefined) {
        alert.state = "taken";
        return "taken";
      }
      alert.state = "closed";
      alert.closedReason = "cleared";
      return "taken, closed: cleared";
    case "snooze":
      alert.state = "snoozed";
      alert.snoozedUntilMs = act.untilMs;
      return `snoozed until ${new Date(act.untilMs).toISOString()}`;
    case "close":
      alert.state = "closed";
      alert.closedReason = act.reason;
      delete alert.snoozedUntilMs;
      return `closed: ${act.reason}`;
    case "reopen":
      delete alert.closedReason;
      wake(alert);
      return "reopened";
    case "note":
      return "note";
  }
}

/** Back to the state before the snooze (or the close): whoever took it keeps it. */
export function wake(alert: Alert): void {
  alert.state = alert.owner === undefined ? "open" : "taken";
  delete alert.snoozedUntilMs;
}

/** The cause of a health alert went away: closed if somebody has taken it, else it stays listed until somebody does. */
export function clearAlert(alert: Alert, atMicros: number): void {
  alert.clearedMicros = atMicros;
  if (alert.owner === undefined) return;
  alert.state = "closed";
  alert.closedReason = "cleared";
  delete alert.snoozedUntilMs;
}

/** Text from people: no control characters, no overlong notes. */
export function cleaned(text: string, atMost = LONGEST_NOTE): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, atMost);
}
