import type { Alert } from "../model/alert.ts";
import { ALERT_STATES, SEVERITIES } from "../model/alert.ts";

/**
 * The alerts' part of the filter language: `field:value`, `-field:value`, comma = or, space = and.
 * Fields: state (also `state:any`), severity, detection, family (of the detection: what stands before its first dot), zone, party, country. Without `state:` closed alerts are left out.
 */
export type AlertFilter = (alert: Alert) => boolean;

const LONGEST_FILTER = 500;

const FIELDS: Record<string, (alert: Alert) => readonly (string | undefined)[]> = {
  state: (alert) => [alert.state],
  severity: (alert) => [alert.severity],
  detection: (alert) => [alert.detection],
  family: (alert) => [familyOf(alert.detection)],
  zone: (alert) => [alert.zone],
  party: (alert) => [alert.party],
  country: (alert) => alert.countries,
};

const CLOSED_SETS: Record<string, readonly string[]> = { state: [...ALERT_STATES, "any"], severity: SEVERITIES };

/** Returns the filter, or one line saying what is wrong and at which character. */
export function parseAlertFilter(text: string): AlertFilter | string {
  if (text.length > LONGEST_FILTER) return `the filter is longer than ${LONGEST_FILTER} characters`;
  const terms: AlertFilter[] = [];
  let namesState = false;
  for (const match of text.matchAll(/\S+/g)) {
    const isNegated = match[0].startsWith("-");
    const term = isNegated ? match[0].slice(1) : match[0];
    const colon = term.indexOf(":");
    const field = term.slice(0, Math.max(0, colon));
    const where = `at character ${match.index + 1}`;
    if (colon < 1 || !Object.hasOwn(FIELDS, field)) return `${where}: expected field:value with one of ${Object.keys(FIELDS).join(", ")}`;
    const values = term.slice(colon + 1).split(",");
    if (values.includes("")) return `${where}: ${field} has an empty value`;
    const unknown = CLOSED_SETS[field] && values.find((value) => !CLOSED_SETS[field].includes(value));
    if (unknown !== undefined) return `${where}: ${field} is one of ${CLOSED_SETS[field].join(", ")}, not "${unknown}"`;
    if (field === "state") namesState = true;
    if (field === "state" && values.includes("any")) continue;
    const read = FIELDS[field];
    const holds = (alert: Alert) => read(alert).some((value) => value !== undefined && values.includes(value));
    terms.push(isNegated ? (alert) => !holds(alert) : holds);
  }
  if (!namesState) terms.push((alert) => alert.state !== "closed");
  return (alert) => terms.every((term) => term(alert));
}

/** "residency" of "residency.violation". */
export function familyOf(detection: string): string {
  return detection.split(".", 1)[0];
}
