import { openAlerts } from "../alerts/index.ts";
import { catalogue, createDetections, DETECTIONS } from "../detect/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Alert } from "../model/alert.ts";
import type { FlowBatch } from "../model/flow.ts";
import { holdsPatientData, type Site } from "../model/site.ts";
import type { Log } from "../obs/log.ts";
import type { Metric } from "../obs/metrics.ts";
import type { Core } from "../pipeline/core.ts";
import { canaryEnds, canaryFlow } from "./canary-flow.ts";

export const WITHIN_SECONDS = 60;
/** By then sensors are there, and what was left over is judged. */
const FIRST_MS = 60_000;
const INTERVAL_MS = 3_600_000;
/** Sensors' epochs are random and of another form: what has this one is no traffic, in the spool and after a restart. */
const EPOCH = "canary-";
const DETECTION = "residency.violation";
/** Nothing else is to fire, and this whatever the configuration makes of it. */
const SETTINGS = Object.fromEntries(DETECTIONS.map(({ name }) => [name, name === DETECTION ? { confidence: 0 } : { enabled: false }]));

/** Something that a violation must reach, and the promise that it has what it was given. */
export interface CanaryOutput {
  /** A closed set: the label of the metric. */
  kind: string;
  /** Which one, where there may be several; for people. */
  name?: string;
  reached: Promise<unknown>;
}

export interface CanaryParts {
  clock: Clock;
  /** Eight characters or fewer that no earlier run has had. */
  run: string;
  site(): Site;
  core(): Core;
  /** The way that a sensor's batches take: stored, judged (`take`), and acknowledged once the disk has it (`stored`). */
  send(epoch: string, sequence: number, batch: FlowBatch): void;
  outputs(alert: Alert, sequence: number): CanaryOutput[];
  /** Who was not reached in time; nobody: all is well. */
  report(missing: readonly string[]): void;
}

export function isCanary(epoch: string): boolean {
  return epoch.startsWith(EPOCH);
}

/**
 * A violation of bordertap's own making: a flow that never was, through spool, judge (the rules in force), detection and alert
 * to every output, each of which has to have it within 60 seconds (detection 34). Alert and detection are a pair of their own,
 * so that no sum, no base line and no list of alerts has it; what goes out is marked as `isCanary`.
 */
export class Canary {
  sequence = 0;
  /** By kind of output: how often it was reached, and how often not. */
  readonly results = new Map<string, { reached: number; missed: number }>();
  private readonly parts: CanaryParts;
  private readonly epoch: string;
  private onTaken: ((batch: FlowBatch) => void) | undefined;
  private onStored: (() => void) | undefined;

  constructor(parts: CanaryParts) {
    this.parts = parts;
    this.epoch = `${EPOCH}${parts.run}`;
  }

  /** Sends one a minute after the start, then one an hour. The result ends that. */
  keepSending(log: Pick<Log, "info">): () => void {
    const { clock, report } = this.parts;
    const send = async () => {
      if (await this.send()) return;
      log.info(
        "no canary was sent: by the rules in force none of the flows tried, from IPv4 networks of zones with patient data, would be a violation",
      );
      report([]);
    };
    const stopFirst = clock.after(FIRST_MS, () => void send());
    const stopOthers = clock.every(INTERVAL_MS, () => void send());
    return () => {
      stopFirst();
      stopOthers();
    };
  }

  /** Sends one, and reports once it is known who has it. False: by the rules in force no flow would be a violation. */
  async send(): Promise<boolean> {
    const { parts } = this;
    const batch = this.violation();
    if (batch === undefined) return false;
    this.sequence += 1;
    const { sequence } = this;
    const stored = new Promise<void>((resolve) => {
      this.onStored = resolve;
    });
    const taken = new Promise<FlowBatch>((resolve) => {
      this.onTaken = resolve;
    });
    const told = taken.then((came) => this.alertOf(came));
    parts.send(this.epoch, sequence, batch);
    const late = this.deadline();
    const spool = this.watch({ kind: "spool", reached: stored }, late.passed);
    const alert = await this.watch({ kind: "alert", reached: told }, late.passed);
    const outputs = alert.length === 0 ? parts.outputs(await told, sequence) : [];
    const others = await Promise.all(outputs.map((output) => this.watch(output, late.passed)));
    const missing = [...(await spool), ...alert, ...others.flat()];
    late.stop();
    parts.report(missing);
    return true;
  }

  /** What came back from the spool. That of an earlier run is over. */
  take(epoch: string, batch: FlowBatch): void {
    if (epoch === this.epoch) this.onTaken?.(batch);
  }

  stored(sequence: number): void {
    if (sequence === this.sequence) this.onStored?.();
  }

  /** A flow that is a violation by the rules in force, found by asking them. */
  private violation(): FlowBatch | undefined {
    const { clock, core, site } = this.parts;
    for (const ends of canaryEnds(site())) {
      const batch = canaryFlow(ends, clock.nowMs() * 1000);
      let isViolation = false;
      core().take(batch, [
        ({ judgement, location, zone }) => {
          // The address may be of another zone than it was taken from.
          const isOfPatients = zone !== undefined && holdsPatientData(zone);
          isViolation = isOfPatients && judgement.word === "violation" && location?.verdict === "outside-list";
        },
      ]);
      if (isViolation) return batch;
    }
    return undefined;
  }

  private async alertOf(batch: FlowBatch): Promise<Alert> {
    const { clock, core, site } = this.parts;
    const alerts = await openAlerts({ folder: undefined, clock, policyRevision: "", builds: {}, catalogue: catalogue() });
    const detections = createDetections({ settings: SETTINGS, site: site(), emit: (finding) => alerts.take(finding) });
    core().take(batch, [(judged) => detections.onFlow(judged)]);
    const [alert] = alerts.list().alerts;
    await alerts.close();
    if (alert === undefined) throw new Error("no alert");
    const sentence = "Canary: bordertap tries its own way from a flow to this output. The flow is made up; nothing is to be done.";
    const marks = { id: `canary-${alert.id}`, isCanary: true, severity: "info", sentence } as const;
    return { ...structuredClone(alert as Alert), ...marks, next: [], relevantTo: [] };
  }

  private deadline(): { passed: Promise<"late">; stop(): void } {
    let stop = () => {};
    const passed = new Promise<"late">((resolve) => {
      stop = this.parts.clock.after(WITHIN_SECONDS * 1000, () => resolve("late"));
    });
    return { passed, stop };
  }

  /** Its name when it failed, or was not there in time. */
  private async watch({ kind, name, reached }: CanaryOutput, late: Promise<"late">): Promise<string[]> {
    const outcome = reached.then(
      () => "reached" as const,
      () => "failed" as const,
    );
    const isReached = (await Promise.race([outcome, late])) === "reached";
    const result = this.results.get(kind) ?? { reached: 0, missed: 0 };
    this.results.set(kind, result);
    if (isReached) result.reached += 1;
    else result.missed += 1;
    return isReached ? [] : [name === undefined ? kind : `${kind} ${name}`];
  }
}

export function canaryMetrics(canary: () => Canary | undefined): Metric[] {
  return [
    {
      name: "bordertap_canary_sent_events_total",
      type: "counter",
      help: "Synthetic violations sent through the pipeline since the start, one an hour.",
      labels: [],
      read: (emit) => emit(canary()?.sequence ?? 0),
    },
    {
      name: "bordertap_canary_outputs_total",
      type: "counter",
      help: "Outputs that a synthetic violation reached within 60 seconds, and those that it did not.",
      labels: ["output", "result"],
      read(emit) {
        for (const [kind, { reached, missed }] of canary()?.results ?? []) {
          emit(reached, kind, "reached");
          emit(missed, kind, "missed");
        }
      },
    },
  ];
}
