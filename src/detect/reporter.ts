import type { Finding, Growth, RunningAlert, Severity } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Thread } from "./thread.ts";

/**
 * What one detection reports with. Nearly every finding repeats one before it: `grow` then adds to the alert that runs, and
 * only where that will not do is a finding made and given to `open`.
 */
export class Reporter {
  /** Those that only grew an alert included. */
  findings = 0;
  private readonly severity: Severity | undefined;
  private readonly emit: (finding: Finding) => RunningAlert | undefined;

  /** `severity`: what every finding is to have, whatever the detection says. */
  constructor(severity: Severity | undefined, emit: (finding: Finding) => RunningAlert | undefined) {
    this.severity = severity;
    this.emit = emit;
  }

  /** True when the thread's alert took it. */
  grow(thread: Thread, judged: JudgedFlow, severity: Severity, growth: Readonly<Growth>): boolean {
    if (thread.alert === undefined || !thread.alert.grow(judged, this.severity ?? severity, growth)) return false;
    this.findings += 1;
    return true;
  }

  /** Reports a whole finding; `thread` remembers which alert took it. */
  open(thread: Thread, finding: Finding): void {
    thread.alert = this.report(finding);
  }

  report(finding: Finding): RunningAlert | undefined {
    this.findings += 1;
    if (this.severity !== undefined) finding.severity = this.severity;
    return this.emit(finding);
  }
}
