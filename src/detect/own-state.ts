import type { Severity } from "../model/alert.ts";
import { defineStatusDetection, type StatusReport } from "./detection.ts";

interface Telling {
  detection: string;
  severity: Severity;
  key: readonly string[];
  name: string;
  detail: string;
  because: string;
  wouldAllow?: string;
  /** Of the steps the one that is about this. */
  next?: string;
}

function tell(report: StatusReport, nowMs: number, { detection, ...telling }: Telling): void {
  report.emit({ ...telling, detection, atMicros: nowMs * 1000, sinceMicros: nowMs * 1000, rule: `detection:${detection}` });
}

const AUDIT_FAULTS = {
  verification: "the log fails its own verification",
  "checkpoint-missed": "a checkpoint is missing for more than two intervals",
  "checkpoint-mismatch": "an exported checkpoint does not match the log",
} as const;

/** Catalogue 32. */
export const auditIntegrity = defineStatusDetection({
  name: "audit.integrity",
  title: "The audit log cannot be trusted",
  severity: "critical",
  relevantTo: ["GDPR 5(2)", "GDPR 32", "NIS2 21(2)(f)"],
  next: [
    "Keep the machine as it is: do not restart, do not clean up. Copy the log and its checkpoints.",
    "Compare with the last exported checkpoint that verifies: what came after it is in doubt.",
    "Treat it as an incident until the cause is known.",
  ],
  doc: `Fires when the audit log fails its verification, when a checkpoint is missed for more than two intervals, or when an exported checkpoint does not match. A missed checkpoint
clears itself when the next one comes; the others never do.

Not produced yet: this version keeps no audit log and verifies none, so this detection does not fire.`,
  thresholds: {},
  watch: (_, report) => ({
    onStatus() {},
    onTick() {},
    onReport(own, nowMs) {
      if (own.about !== "audit") return;
      if (own.fault === undefined) {
        report.clear(["checkpoint-missed"], nowMs * 1000);
        return;
      }
      tell(report, nowMs, {
        detection: "audit.integrity",
        severity: "critical",
        key: [own.fault],
        name: "audit log",
        detail: own.detail === undefined ? AUDIT_FAULTS[own.fault] : `${AUDIT_FAULTS[own.fault]}: ${own.detail}`,
        because: "a log that cannot be verified proves nothing: somebody may have changed it",
        wouldAllow: "a log that verifies up to its newest checkpoint",
      });
    },
  }),
});

/** Catalogue 33. */
export const policyLoosened = defineStatusDetection({
  name: "policy.loosened",
  title: "The policy allows more than before",
  severity: "high without a second approver, else info",
  relevantTo: ["GDPR 24", "GDPR 25", "GDPR 5(2)", "NIS2 20", "NIS2 21(2)(a)"],
  next: [
    "Look at who changed the configuration and why; the loosened points are named here.",
    "Have a second person approve it (`policy.fourEyes`), or take it back.",
  ],
  doc: `Fires when another configuration is taken over that allows more than the one before, or looks for less: a country, party or authorisation more; addresses or VLANs that
another zone decides about, with a wider list, without patient data, or not judged; a word on where addresses are (\`geo.overrides\`, \`geo.sources\`, the speed of light); a detection
that is off, less severe, or set to find less. As high when no second person approved it, else as information.`,
  thresholds: {},
  watch: (_, report) => ({
    onStatus() {},
    onTick() {},
    onReport(own, nowMs) {
      if (own.about !== "policy" || own.loosenings.length === 0) return;
      const told = own.loosenings.slice(0, 8).map(({ text }) => text);
      const more = own.loosenings.length > told.length ? ` and ${own.loosenings.length - told.length} more` : "";
      tell(report, nowMs, {
        detection: "policy.loosened",
        severity: own.approvedBy === undefined ? "high" : "info",
        key: [own.revision],
        name: `policy ${own.revision}`,
        detail: `${told.join("; ")}${more}`,
        because: own.approvedBy === undefined ? "nobody else has approved it" : `approved by ${own.approvedBy}`,
        ...(own.approvedBy === undefined ? { wouldAllow: "the approval of a second person" } : {}),
      });
    },
  }),
});

const CANARY_STEPS = {
  canary: "Canary lost: an alert would be lost the same way. Check the outputs named here, and the health page.",
  clock: "Clock: set up time synchronisation; evidence is dated by this clock.",
  disk: "Disk: make room, or lower the retention; when it is full, evidence is lost.",
} as const;
const CANARY_REASONS = {
  canary: "what bordertap finds must reach people",
  clock: "what bordertap finds must be dated right",
  disk: "what bordertap finds must be kept",
} as const;

/** Catalogue 34. */
export const canaryFailed = defineStatusDetection({
  name: "pipeline.canary_failed",
  title: "bordertap cannot rely on itself",
  severity: "critical when the canary was lost, else medium",
  relevantTo: ["NIS2 21(2)(b)", "NIS2 21(2)(f)"],
  next: Object.values(CANARY_STEPS),
  doc: `Fires, as critical, when the hourly synthetic violation did not reach every output within 60 seconds; as medium when the clock is off by more than the configured seconds, or when the disk
will be full within the configured days at the rate of late. Ends by itself when the cause does.

The synthetic violation is sent by \`bordertap run\`, a minute after its start and then hourly: a flow that never was, by the rules in force a violation, goes through spool, judge, detection and alert to the
journal, the files of alerts (as \`event.kind: event\`, tag \`canary\`) and flows (which write what they hold), history, the metrics and the live pages. No list, sum or base line has it. Where the rules allow everything, or no zone with patient data has an IPv4 network, there is none, and the log says so.
The clock is held against those of flow exporters only; without one it is not checked.`,
  thresholds: {
    skewSeconds: { default: 2, doc: "seconds that the clock may be off" },
    diskDays: { default: 7, doc: "days to a full disk below which it fires" },
  },
  watch: (settings, report) => ({
    onStatus() {},
    onTick() {},
    onReport(own, nowMs) {
      const say = (
        isBad: boolean,
        key: readonly string[],
        severity: Severity,
        name: keyof typeof CANARY_STEPS,
        detail: string,
        wouldAllow: string,
      ) => {
        if (!isBad) report.clear(key, nowMs * 1000);
        else
          tell(report, nowMs, {
            detection: "pipeline.canary_failed",
            severity,
            key,
            name,
            detail,
            because: CANARY_REASONS[name],
            wouldAllow,
            next: CANARY_STEPS[name],
          });
      };
      if (own.about === "canary") {
        const detail = `the synthetic violation did not reach ${own.missing.join(", ")} within ${own.withinSeconds} seconds`;
        say(own.missing.length > 0, ["canary"], "critical", "canary", detail, "a canary that reaches every output");
      } else if (own.about === "clock") {
        const detail = `off by ${own.skewSeconds.toFixed(1)} seconds against ${own.against}`;
        say(Math.abs(own.skewSeconds) > settings.skewSeconds, ["clock", own.against], "medium", "clock", detail, "a synchronised clock");
      } else if (own.about === "disk") {
        const detail = `${own.folder} is full in ${(own.daysLeft ?? 0).toFixed(1)} days at the rate of late`;
        say(own.daysLeft !== undefined && own.daysLeft < settings.diskDays, ["disk"], "medium", "disk", detail, "room for more days");
      }
    },
  }),
});
