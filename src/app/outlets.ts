import type { LoadedConfig } from "../config/config.ts";
import type { Alert } from "../model/alert.ts";
import { ALERT_SINKS, type AlertSink, FLOW_SINKS, type FlowSink } from "../outputs/index.ts";
import type { FlowReader } from "../pipeline/core.ts";
import type { CanaryOutput } from "./canary.ts";
import { reachAlertSink, reachFlowSink } from "./canary-probes.ts";

type Shared = Omit<Parameters<(typeof FLOW_SINKS)["json-lines"]>[0], "path" | "maxMegabytes">;

/** What flows and alerts are written to for other systems. Alerts that only grew wait, so that outside it is told once in a while. */
export class Outlets {
  private readonly flows: (FlowSink & { reopen(): void })[] = [];
  private readonly alerts: (AlertSink & { reopen(): void })[] = [];
  private readonly grown = new Map<string, Alert>();
  private readonly onAlert: (alert: Alert) => void;

  /** `onAlert`: who else is told of alerts, at the same times. */
  constructor(onAlert: (alert: Alert) => void) {
    this.onAlert = onAlert;
  }

  /** Opens what the configuration names. Throws the AppError of the first that cannot be opened. */
  async open({ config: { outputs } }: LoadedConfig, shared: Shared): Promise<void> {
    const { flows, alerts } = outputs;
    if (flows.path) this.flows.push(await FLOW_SINKS["json-lines"]({ ...shared, path: flows.path, maxMegabytes: flows.maxMegabytes }));
    if (alerts.path) this.alerts.push(await ALERT_SINKS["json-lines"]({ ...shared, path: alerts.path, maxMegabytes: alerts.maxMegabytes }));
  }

  flowReaders(): FlowReader[] {
    return this.flows.map((sink) => (judged) => sink.take(judged));
  }

  /** Told at once. */
  tell(alert: Alert): void {
    this.grown.delete(alert.id);
    this.onAlert(alert);
    for (const sink of this.alerts) sink.take(alert);
  }

  /** Told with the next `tellGrown`. */
  keep(alert: Alert): void {
    this.grown.set(alert.id, alert);
  }

  tellGrown(): void {
    for (const alert of this.grown.values()) this.tell(alert);
  }

  /** Gives every file a synthetic alert, or has it write what it holds. */
  canary(alert: Alert): CanaryOutput[] {
    return [
      ...this.alerts.map((sink) => ({ kind: "alert file", name: sink.name, reached: reachAlertSink(sink, alert) })),
      ...this.flows.map((sink) => ({ kind: "flow file", name: sink.name, reached: reachFlowSink(sink) })),
    ];
  }

  /** For files that were moved away. */
  reopen(): void {
    for (const sink of [...this.flows, ...this.alerts]) sink.reopen();
  }

  async close(): Promise<void> {
    await Promise.all([...this.flows, ...this.alerts].map((sink) => sink.close()));
  }
}
