import { z } from "zod";
import type { Alert } from "../model/alert.ts";
import type { AlertAct, AlertBook } from "./live.ts";
import { ACTS, type ActRequest, type ActResult, CLOSE_REASONS } from "./wire.ts";

const LONGEST_SNOOZE_MS = 7 * 24 * 3_600_000;

const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}]*$/u, "no control characters");

const actRequest = z
  .strictObject({
    ids: z.array(z.string().min(1).max(64)).min(1).max(200),
    revs: z.array(z.int().min(0)).min(1).max(200),
    act: z.enum(ACTS),
    by: text(40).optional(),
    untilMs: z.int().optional(),
    reason: text(200).optional(),
    note: text(1000).optional(),
    days: z.int().min(1).max(365).optional(),
  })
  .refine((request) => request.ids.length === request.revs.length, { message: "ids and revs have different lengths" })
  .refine((request) => new Set(request.ids).size === request.ids.length, { message: "an id is named twice" });

/** Reads and checks a request to act on alerts; a text says what is wrong with it. */
export function readActRequest(body: unknown, nowMs: number): ActRequest | string {
  const read = actRequest.safeParse(body);
  if (!read.success) return read.error.issues.map((issue) => `${issue.path.join(".") || "request"}: ${issue.message}`).join("; ");
  const { by, untilMs, reason, note, days, ...rest } = read.data;
  if (rest.act === "snooze") {
    if (untilMs === undefined || untilMs <= nowMs) return "untilMs: a snooze needs an end that is still to come";
    if (untilMs - nowMs > LONGEST_SNOOZE_MS) return "untilMs: a snooze lasts at most 7 days";
    if (reason === undefined) return "reason: a snooze needs a reason";
  }
  if (rest.act === "close" && !CLOSE_REASONS.some((known) => known === reason)) return `reason: one of ${CLOSE_REASONS.join(", ")}`;
  if (rest.act === "note" && note === undefined) return "note: there is none";
  if (rest.act === "block" && by === undefined) return "by: an approval for the block list needs the name of who approves";
  if (rest.act === "block" && rest.ids.length > 1) return "ids: addresses are approved for the block list one alert at a time";
  return {
    ...rest,
    ...(days === undefined ? {} : { days }),
    ...(by === undefined ? {} : { by }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(reason === undefined ? {} : { reason }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Carries it out, alert by alert: each id gets its own answer. */
export function carryOut(request: ActRequest, alerts: AlertBook): Record<string, ActResult> {
  // Without a login nobody vouches for a name: the record says so.
  const who = request.by === undefined ? "console" : `${request.by} (console, not verified)`;
  const results: Record<string, ActResult> = {};
  for (const [index, id] of request.ids.entries()) results[id] = carryOutOne(id, request.revs[index], who, request, alerts);
  return results;
}

function carryOutOne(id: string, revision: number, who: string, request: ActRequest, alerts: AlertBook): ActResult {
  const alert = alerts.get(id);
  if (!alert) return { ok: false, status: 404, reason: "no such alert", by: null, atMs: null };
  if (request.act === "close" && (alert.severity === "critical" || alert.severity === "high") && request.note === undefined) {
    return { ok: false, status: 422, reason: `closing a ${alert.severity} alert needs a note`, by: null, atMs: null };
  }
  const act: AlertAct = { who, act: request.act, revision };
  if (request.untilMs !== undefined) act.untilMs = request.untilMs;
  if (request.reason !== undefined) act.reason = request.reason;
  if (request.note !== undefined) act.note = request.note;
  if (request.days !== undefined) act.days = request.days;
  const outcome = alerts.act(id, act);
  switch (outcome.result) {
    case "ok":
      return { ok: true, rev: outcome.alert.revision };
    case "conflict":
      return { ok: false, status: 412, reason: "the alert has changed since", ...lastChange(outcome.alert) };
    case "missing":
      return { ok: false, status: 404, reason: "no such alert", by: null, atMs: null };
    case "refused":
      return { ok: false, status: 422, reason: outcome.why, by: null, atMs: null };
  }
}

function lastChange(alert: Alert): { by: string | null; atMs: number | null } {
  const last = alert.history.at(-1);
  return { by: last?.who ?? null, atMs: last?.atMs ?? null };
}
