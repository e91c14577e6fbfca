import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AlertChange, type Alerts, openAlerts } from "../alerts/index.ts";
import type { LoadedConfig } from "../config/config.ts";
import { LiveState } from "../console/live.ts";
import { type Console, createConsole } from "../console/server.ts";
import type { ConsoleMode } from "../console/wire.ts";
import { catalogue, createDetections, type Detections, type PassedOn } from "../detect/index.ts";
import type { Places } from "../enrich/location/places.ts";
import { createHistoryWriter, type HistoryWriter } from "../history/writer.ts";
import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Hello } from "../link/hello.ts";
import { LinkReceiver } from "../link/receiver.ts";
import type { Alert } from "../model/alert.ts";
import type { FileReport } from "../model/capture.ts";
import { type FlowBatch, FlowView } from "../model/flow.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Loosening } from "../model/site.ts";
import { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import { Losses } from "../obs/losses.ts";
import type { Metric } from "../obs/metrics.ts";
import { type Core, createCore, type FlowReader } from "../pipeline/core.ts";
import { Intake } from "../pipeline/intake.ts";
import { Spool } from "../spool/spool.ts";
import { Suspect } from "../spool/suspect.ts";
import { versionText } from "../verbs/version.ts";
import { alertBook } from "./alert-book.ts";
import { Blocklist } from "./blocklist.ts";
import { canaryMetrics, isCanary } from "./canary.ts";
import { CanaryRounds } from "./canary-rounds.ts";
import { coreMetrics } from "./core-metrics.ts";
import { DetectionMemory } from "./detection-memory.ts";
import { DiskForecast } from "./disk-forecast.ts";
import { Outlets } from "./outlets.ts";
import { Progress } from "./progress.ts";
import { buildRules, type Knowledge, openKnowledge, reopenKnowledge, rulesOf } from "./rules.ts";
import { SensorLedger } from "./sensor-ledger.ts";
import { sensorCount } from "./sensor-settings.ts";

const ASSETS_FOLDER = fileURLToPath(new URL("../page/", import.meta.url));
const TICK_MS = 1000;
const GROWTH_MS = 15_000;
const BLOCKLIST_MS = 60_000;
const SELF_CHECK_MS = 3_600_000;

/** How a new configuration loosens policy, and the second person who approved it. */
export interface PolicyChange {
  loosenings: readonly Loosening[];
  approvedBy?: string;
}

export interface DaemonOptions {
  loaded: LoadedConfig;
  mode: ConsoleMode;
  /** Path of the Unix socket. */
  link: string;
  clock: Clock;
  log: Log;
  onSensor(hello: Hello): void;
  onSensorGone(hello: Hello, wasEnded: boolean): void;
}

type Emit = Parameters<Metric["read"]>[0];

/** The core process: everything behind the socket, built in order and stopped in the opposite one. */
export class Daemon {
  readonly losses = new Losses();
  readonly health: Health;
  /** Last word of each sensor thread, by "epoch/thread". */
  readonly finals = new Map<string, { status: SensorStatus; files: FileReport[] }>();
  readonly live: LiveState;
  /** Of configuration and databases together, in effect now. */
  policyRevision = "";
  /** It is being stopped: nothing is taken over any more. */
  isEnding = false;
  private readonly options: DaemonOptions;
  /** As at the start: what changes their number needs a restart. */
  private readonly sensorsWanted: number;
  private loaded: LoadedConfig;
  private knowledge!: Knowledge;
  /** The site's, in use: a reload makes new ones. */
  private places!: Places;
  private core!: Core;
  private alerts!: Alerts;
  private detections!: Detections;
  private memory!: DetectionMemory;
  private readonly disk = new DiskForecast();
  private history: HistoryWriter | undefined;
  private spool!: Spool;
  private intake!: Intake;
  private progress!: Progress;
  private ledger!: SensorLedger;
  private receiver!: LinkReceiver;
  private console!: Console;
  private readonly outlets = new Outlets((alert) => this.history?.takeAlert(alert));
  private historyTaken = 0;
  private stopTick: () => void = () => {};
  private stopGrowth: () => void = () => {};
  private stopBlocklist: () => void = () => {};
  private stopSelfCheck: () => void = () => {};
  private canaries: CanaryRounds | undefined;

  constructor(options: DaemonOptions) {
    this.options = options;
    this.loaded = options.loaded;
    this.sensorsWanted = sensorCount(options.loaded.config, options.mode === "demo");
    this.health = new Health(() => options.clock.nowMs());
    this.live = new LiveState({ mode: options.mode, nowMs: options.clock.nowMs() });
  }

  get url(): string {
    return this.console.url;
  }

  /** Builds and starts; sensors may connect when it resolves. Throws the AppError of the first thing that cannot work. */
  async start(): Promise<void> {
    const { clock, log, mode, link } = this.options;
    const { config, site } = this.loaded;
    const folder = config.state.folder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o750 });
    } catch (error) {
      throw new AppError("state_folder", `cannot use the state folder ${folder}: ${reasonOf(error)}; set state.folder`, { cause: error });
    }
    // First the socket: it is also the lock that keeps two cores off one state folder.
    this.receiver = new LinkReceiver(link, {
      onHello: (hello) => this.onHello(hello),
      onFlows: (hello, sequence, payload) => this.intake.take(hello, sequence, payload),
      onStatus: (hello, status) => this.onStatus(hello, status),
      onEnd: (hello, report) => this.onEnd(hello, report),
      onGone: (hello, wasEnded) => {
        this.health.set(`sensor ${hello.thread}`, "degraded", wasEnded ? "it has ended" : "it is gone");
        this.options.onSensorGone(hello, wasEnded);
      },
      onStranger: (reason) => log.warn("a peer on the link was cut off", { reason }),
    });
    await this.receiver.listen();
    this.knowledge = openKnowledge(this.loaded, this.losses);
    const rules = rulesOf(this.loaded, this.knowledge);
    this.places = rules.places;
    this.tellGeoFaults();
    this.core = createCore(rules);
    this.policyRevision = rules.policy.revision;
    const revision = this.policyRevision;
    const { builds } = this.knowledge.places;
    await this.outlets.open(this.loaded, { clock, losses: this.losses, health: this.health });
    this.alerts = await openAlerts({
      folder: join(folder, "alerts"),
      clock,
      windowSeconds: config.alerts.windowSeconds,
      limit: config.alerts.limit,
      policyRevision: revision,
      builds,
      catalogue: catalogue(),
      health: this.health,
      onChange: (alert, change) => this.onAlert(alert as Alert, change),
      onDurable: (position) => this.progress.alertsDurable(position),
    });
    this.spool = new Spool({ folder: join(folder, "spool"), health: this.health });
    this.progress = new Progress({
      path: join(folder, "spool", "history.position"),
      alertsPosition: this.alerts.position,
      trim: (upTo) => this.spool.trim(upTo),
    });
    if (config.history.enabled) {
      this.history = createHistoryWriter({
        folder: join(folder, "history"),
        epoch: "unknown",
        clock,
        health: this.health,
        losses: this.losses,
        log,
        retentionDays: config.history.retentionDays,
        retentionGigabytes: config.history.retentionGigabytes,
        policyRevision: revision,
        builds,
        onDurable: (taken) => this.progress.historyDurable(taken),
      });
    }
    this.ledger = new SensorLedger(join(folder, "sensors.json"), clock, this.losses);
    this.memory = new DetectionMemory(join(folder, "detections.json"), this.health, log);
    this.detections = this.detectionsOf(this.loaded, this.memory.read());
    this.intake = new Intake({
      spool: this.spool,
      suspect: new Suspect(join(folder, "spool")),
      losses: this.losses,
      judge: (batch, epoch, stages) => this.judge(batch, epoch, stages),
      applied: (position) => this.applied(position),
      acknowledge: (hello, sequence) => {
        if (isCanary(hello.epoch)) this.canaries?.stored(sequence);
        else this.receiver.acknowledge(hello, sequence);
      },
    });
    const recovered = this.intake.recover(this.progress.alertsFrom, this.progress.historyFrom);
    if (recovered > 0) log.info("flow events that an earlier run had not finished with were judged again", { events: recovered });
    this.console = createConsole({
      address: config.console.address,
      port: config.console.port,
      live: this.live,
      alerts: alertBook(this.alerts, () => this.blocklist()),
      health: this.health,
      metrics: [
        ...coreMetrics({ losses: this.losses, spool: this.spool, places: () => this.places, names: this.knowledge.names }),
        ...this.alerts.metrics(),
        // Asked anew at each scrape: a reload puts other detections in their place.
        ...this.detections.metrics().map((metric, n) => ({ ...metric, read: (emit: Emit) => this.detections.metrics()[n].read(emit) })),
        ...(this.history?.metrics() ?? []),
        ...canaryMetrics(() => this.canaries?.canary),
      ],
      assetsFolder: ASSETS_FOLDER,
      clock,
      log,
      site,
      version: versionText(),
      policyRevision: revision,
    });
    await this.console.start();
    for (let thread = 0; thread < this.sensorsWanted; thread += 1)
      this.health.set(`sensor ${thread}`, "degraded", "it has not connected yet");
    this.receiver.serve();
    this.stopTick = clock.every(TICK_MS, () => {
      if (mode !== "live") return;
      this.detections.onTick(clock.nowMs());
      const transit = this.live.traffic.transitReason();
      this.health.set("inside networks", transit === undefined ? "ok" : "degraded", transit ?? "");
    });
    this.stopGrowth = clock.every(GROWTH_MS, () => this.outlets.tellGrown());
    this.stopBlocklist = clock.every(BLOCKLIST_MS, () => this.refreshBlocklist());
    this.checkSelf();
    this.stopSelfCheck = clock.every(SELF_CHECK_MS, () => this.checkSelf());
    // A replay and a demo send none.
    if (mode === "live") this.canaries = this.canaryRounds();
  }

  private canaryRounds(): CanaryRounds {
    const { clock, log } = this.options;
    const { spool, intake, alerts, outlets, history, url } = this;
    return new CanaryRounds({
      ...{ clock, log, spool, intake, alerts, outlets, history, url },
      site: () => this.loaded.site,
      core: () => this.core,
      report: (report) => {
        if (!this.isEnding) this.detections.onReport(report, clock.nowMs());
      },
    });
  }

  /**
   * Takes over another configuration as far as it may change under way; whoever calls says then what changed (`tellPolicyChange`).
   * One at a time (see `createReloads`). Flows are judged by the old one until all is there for the new one.
   */
  async reload(loaded: LoadedConfig): Promise<void> {
    // Built whole before anything is taken over: a fault here leaves the old rules as they are.
    const knowledge = await reopenKnowledge(loaded, this.knowledge);
    const rules = await buildRules(loaded, knowledge);
    if (this.isEnding) return;
    // From here on without a pause: no batch is judged by half of it.
    const detections = this.detectionsOf(loaded, this.detections.saveMemories(), this.detections.passOn());
    this.core.use(rules);
    this.detections = detections;
    this.knowledge = knowledge;
    this.places = rules.places;
    this.tellGeoFaults();
    this.policyRevision = rules.policy.revision;
    this.alerts.use(this.policyRevision, this.knowledge.places.builds);
    this.history?.setContext({ policyRevision: this.policyRevision, builds: this.knowledge.places.builds });
    this.console.use({ site: loaded.site, policyRevision: this.policyRevision });
    this.loaded = loaded;
    this.outlets.reopen();
  }

  /** A change of policy is news for the detections, whether it is taken over or (then without a new revision) refused. */
  tellPolicyChange(before: LoadedConfig["site"], change: PolicyChange): void {
    const { site } = this.loaded;
    this.detections.onReport(
      { about: "policy", before, after: site, revision: this.policyRevision, ...change },
      this.options.clock.nowMs(),
    );
  }

  askSensorsToEnd(): void {
    this.receiver.stopSensors();
  }

  async stop(): Promise<void> {
    this.isEnding = true;
    this.stopTick();
    await this.console?.stop();
    this.ledger?.close();
    this.stopGrowth();
    this.stopBlocklist();
    this.stopSelfCheck();
    this.canaries?.stop();
    if (this.detections) await this.memory.write(this.detections.save());
    this.alerts?.tellGrowth();
    this.outlets.tellGrown();
    await this.outlets.close();
    await this.alerts?.close();
    await this.history?.close();
    this.spool?.close();
    this.receiver?.close();
  }

  /** Location sources that could not be loaded leave their predecessors in use: somebody should know. */
  private tellGeoFaults(): void {
    const { faults } = this.places.status;
    const text = faults.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
    this.health.set("geo", faults.length > 0 ? "degraded" : "ok", text);
    for (const { name, reason } of faults) this.options.log.warn("a location source cannot be used", { source: name, reason });
  }

  private judge(batch: FlowBatch, epoch: string, stages: { alerts: boolean; history: boolean }): void {
    if (isCanary(epoch)) {
      this.canaries?.canary.take(epoch, batch);
      return;
    }
    if (batch.count === 0) return;
    const last = new FlowView().at(batch, batch.count - 1);
    this.core.take(batch, this.readersFor(epoch, last.thread, stages));
    this.ledger.judgedMicros = Math.max(this.ledger.judgedMicros ?? 0, last.eventMicros);
  }

  private readersFor(epoch: string, thread: number, stages: { alerts: boolean; history: boolean }): FlowReader[] {
    this.history?.sensorStarted(epoch, thread);
    const readers: FlowReader[] = [(judged) => this.live.onFlow(judged)];
    if (stages.alerts) {
      readers.push((judged) => this.detections.onFlow(judged), ...this.outlets.flowReaders());
    }
    const { history } = this;
    if (stages.history && history)
      readers.push((judged) => {
        this.historyTaken += 1;
        history.take(judged);
      });
    return readers;
  }

  private applied(position: number): void {
    this.alerts.commit(String(position));
    this.progress.applied(position, this.historyTaken);
    if (!this.history) this.progress.historyDurable(Number.POSITIVE_INFINITY);
  }

  private onAlert(alert: Alert, change: AlertChange): void {
    this.live.onAlert(alert);
    // Growth comes twice a second for each alert: outside it is told once in a while, what people act on at once.
    if (change === "grew") this.outlets.keep(alert);
    else this.outlets.tell(alert);
  }

  private onHello(hello: Hello): void {
    const outage = this.ledger.started(hello);
    if (outage)
      this.options.log.warn("a sensor follows one that died", {
        thread: hello.thread,
        missedPackets: outage.missedPackets ?? "unknown",
        unreportedFlows: outage.unreportedFlows,
      });
    this.health.set(`sensor ${hello.thread}`, "ok", "");
    this.options.onSensor(hello);
  }

  private onStatus(hello: Hello, status: SensorStatus): void {
    const nowMs = this.options.clock.nowMs();
    this.ledger.reported(hello, status);
    this.live.onStatus(status, nowMs);
    if (this.options.mode === "live") {
      this.detections.onStatus(status, nowMs);
      for (const { observer, skewSeconds } of status.collect?.exporters ?? [])
        if (skewSeconds !== undefined) this.detections.onReport({ about: "clock", skewSeconds, against: `exporter ${observer}` }, nowMs);
    }
    const trouble = status.capture.trouble;
    this.health.set(`sensor ${hello.thread}`, trouble ? "degraded" : "ok", trouble ?? "");
    this.finals.set(`${hello.epoch}/${hello.thread}`, { status, files: [] });
  }

  private onEnd(hello: Hello, report: { status: SensorStatus; files: FileReport[] }): void {
    this.onStatus(hello, report.status);
    this.ledger.ended(hello);
    this.finals.set(`${hello.epoch}/${hello.thread}`, report);
  }

  /** What bordertap can tell of itself, hourly; a replay and a demo have no self to speak of. */
  private checkSelf(): void {
    void this.memory.write(this.detections.save());
    if (this.options.mode !== "live") return;
    const nowMs = this.options.clock.nowMs();
    this.detections.onReport({ about: "geo", status: this.places.status }, nowMs);
    const { folder } = this.loaded.config.state;
    try {
      const { bavail, bsize } = statfsSync(folder);
      this.detections.onReport({ about: "disk", folder, daysLeft: this.disk.add(bavail * bsize, nowMs) }, nowMs);
    } catch (error) {
      this.options.log.warn("the state folder's disk cannot be asked", { folder, reason: reasonOf(error) });
    }
  }

  /** Of the configuration in effect. */
  private blocklist(): Blocklist {
    return new Blocklist(this.loaded, this.loaded.config.state.folder, () => this.options.clock.nowMs());
  }

  /** Entries whose time is over leave the written feeds, and the time that the others have left is told anew. */
  private refreshBlocklist(): void {
    try {
      this.blocklist().refresh();
      this.health.set("block list", "ok", "");
    } catch (error) {
      this.health.set("block list", "degraded", reasonOf(error));
    }
  }

  private detectionsOf(loaded: LoadedConfig, saved: unknown, passedOn?: PassedOn): Detections {
    const detections = createDetections({
      site: loaded.site,
      saved,
      ...(passedOn === undefined ? {} : { passedOn }),
      ...(this.ledger.judgedMicros === undefined ? {} : { resumedFromMicros: this.ledger.judgedMicros }),
      settings: loaded.config.detections,
      emit: (finding) => this.alerts.take(finding),
      clear: (detection, key, atMicros) => this.alerts.clear(detection, key, atMicros),
    });
    if (this.options.mode === "live") detections.onReport({ about: "sensors", threads: this.sensorsWanted }, this.options.clock.nowMs());
    return detections;
  }
}
