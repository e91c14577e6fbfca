import type { Alert } from "../model/alert.ts";
import type { HealthState } from "../obs/health.ts";
import type { Answer, CoverageRow, OverviewRow } from "./wire.ts";

/** Families of detections whose open alerts mean that patient data is leaving to a place where it should not. */
const FAMILIES = ["residency.", "clear.", "dicom.", "backup.", "telemedicine."];
/** It says that nobody can tell where the data goes: that is "cannot say", not "yes". */
const CANNOT_TELL = "residency.indeterminate";
/** Below this share of packets understood, "none seen" would promise too much. */
const RATIO_THAT_STILL_ANSWERS = 0.99;
const MICROS_PER_MS = 1000;

type Verdict = OverviewRow["verdict"];

/**
 * The first question of the console: is patient data leaving to a place where it should not, now?
 * `patientZone(name)` tells whether a zone holds patient data; alerts without a zone count as if it did.
 */
export function verdictOf(
  alerts: Iterable<Alert>,
  coverage: CoverageRow,
  health: HealthState,
  patientZone: (zone: string | undefined) => boolean,
): Verdict {
  let count = 0;
  let unplaced = 0;
  let upBytes = 0;
  let sinceMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  for (const alert of alerts) {
    if (alert.state === "closed" || !FAMILIES.some((family) => alert.detection.startsWith(family)) || !patientZone(alert.zone)) continue;
    if (alert.detection === CANNOT_TELL) {
      unplaced += 1;
      continue;
    }
    count += 1;
    upBytes += alert.bytesOut;
    sinceMs = Math.min(sinceMs, Math.floor(alert.firstMicros / MICROS_PER_MS));
    lastMs = Math.max(lastMs, Math.floor(alert.lastMicros / MICROS_PER_MS));
  }
  if (count > 0) {
    return { answer: "yes", reason: "", sinceMs, lastMs, count, upBytes };
  }
  const reason = whyNot(coverage, health, unplaced);
  const answer: Answer = reason === "" ? "none-seen" : "cannot-say";
  return { answer, reason, sinceMs: null, lastMs: null, count: 0, upBytes: 0 };
}

function whyNot(coverage: CoverageRow, health: HealthState, unplaced: number): string {
  if (coverage.state === "none" || coverage.state === "unknown") return coverage.reasons[0] ?? "nothing is being watched";
  if (health === "failed") return "a part of bordertap has failed";
  if (coverage.residue !== null && coverage.reasons[0]?.startsWith("the sum")) return coverage.reasons[0];
  if (coverage.ratio !== null && coverage.ratio < RATIO_THAT_STILL_ANSWERS) return coverage.reasons.at(-1) ?? "too many packets were lost";
  if (unplaced > 0) {
    return unplaced === 1
      ? "patient data goes to a place that no source can name"
      : `patient data goes to ${unplaced} places that no source can name`;
  }
  return "";
}

/**
 * Keeps the answer from flickering: it changes when the same new answer was found twice in a row, or at once to "yes"
 * when the caller says that a new critical alert is behind it. Figures within one answer change freely.
 */
export class SettledVerdict {
  private shown: Verdict | undefined;
  private candidate: Answer | undefined;

  /** `mayJump`: a new critical alert came, show it now. */
  next(found: Verdict, mayJump: boolean): Verdict {
    if (
      this.shown === undefined ||
      found.answer === this.shown.answer ||
      this.candidate === found.answer ||
      (mayJump && found.answer === "yes")
    ) {
      this.candidate = undefined;
      this.shown = found;
    } else this.candidate = found.answer;
    return this.shown;
  }
}
