import { formatShare } from "../lib/units.ts";
import type { Severity } from "../model/alert.ts";
import { defineStatusDetection, type StatusReport } from "./detection.ts";
import { ExporterWatch } from "./exporter-watch.ts";
import { type SensorThread, SensorThreads, type TapCause } from "./sensor-threads.ts";

const NAME = "tap.degraded";

/** What to do about each cause. */
const STEPS = {
  silence: "Silent: check the cable, the mirror port or TAP, and that the sensor runs.",
  drops: "Drops: give the sensor a larger ring or more threads, or the mirror port more bandwidth.",
  "one-way": "One way: the mirror session copies one direction only, or the other path is not tapped.",
  undecoded: "Undecoded: a link type or encapsulation that is not read; see the losses by reason.",
  "exporter-silent": "Exporter silent: check that it runs and still sends to this collector.",
  templates: "Template missing: have the exporter send its templates, and more often.",
  sampling: "Sampling unknown: have the exporter send its sampling options, or state the rate in the configuration.",
} as const satisfies Record<TapCause, string>;
const OF_EXPORTERS: ReadonlySet<TapCause> = new Set(["exporter-silent", "templates", "sampling"]);

/** Catalogue 30. Wall time: it is about us, not about the traffic. */
export const tapDegraded = defineStatusDetection({
  name: NAME,
  title: "The tap does not show everything",
  severity: "critical when silent, else high",
  relevantTo: ["GDPR 32(1)(b)", "GDPR 32(1)(d)", "NIS2 21(2)(f)"],
  next: [...Object.values(STEPS), "Until it is mended, reports state a lower coverage: absence of alerts is no proof."],
  doc: `Watches each sensor thread by wall time and health counters, and ends by itself when the cause does (the alert stays listed until somebody takes it).
Fires when packets were dropped beyond the share in every one of the given minutes; when too many of the closed flows had one direction only; when too many
packets could not be decoded; and, as critical, when no packet came for the given seconds, when a sensor that should be there never
reported, or is gone. A sensor that is started again and again and sees nothing is silent all the while; a restart or a change of configuration ends no silence, only a packet does. A source that cannot know its drops
never fires for drops. Undecoded is measured in packets.

Of flow exporters it fires when one has not spoken for three times its own usual interval (learned from it, at least the given seconds); when sets of one wait for a template for longer
than the given seconds; and when most of its records have no known sampling rate while others of it have one: their counts may stand for more.`,
  thresholds: {
    dropRatio: { default: 0.001, doc: "share of packets dropped by the kernel, 0 to 1, above which a minute counts as bad" },
    dropSeconds: { default: 300, doc: "seconds of bad minutes in a row, 60 to 600" },
    oneWayRatio: { default: 0.2, doc: "share of closed flows with one direction only, 0 to 1" },
    oneWayMinFlows: { default: 100, doc: "closed flows within the window below which nothing is said of one-way flows" },
    undecodedRatio: { default: 0.01, doc: "share of packets that could not be decoded, 0 to 1" },
    windowSeconds: { default: 300, doc: "window of the one-way and the undecoded share, seconds, 60 to 600" },
    silenceSeconds: { default: 60, doc: "seconds without a packet" },
    exporterSeconds: { default: 180, doc: "seconds without a message from an exporter, at least; and three times its interval" },
    templateSeconds: { default: 600, doc: "seconds that sets of an exporter may wait for their template" },
  },
  watch(settings, report) {
    const threads = new SensorThreads();
    const exporters = new ExporterWatch(settings, (cause, exporter, isBad, nowMs, sinceMs, text) => {
      const key = [cause, exporter];
      if (isBad) emit(report, cause, key, cause === "exporter-silent" ? "critical" : "high", nowMs, sinceMs, `exporter ${exporter}`, text);
      else report.clear(key, nowMs * 1000);
    });
    return {
      onStatus(status, nowMs) {
        const sensor = threads.reported(status, nowMs, (gone) => endAll(gone, nowMs));
        sensor.minutes.add(status, nowMs);
        judgeShares(sensor, nowMs);
        judgeSilence(sensor, nowMs);
        if (status.collect !== undefined) exporters.onStatus(status.collect, nowMs);
      },
      onTick(nowMs) {
        threads.turnTo(nowMs);
        exporters.onTick(nowMs);
        for (const sensor of threads.all()) judgeSilence(sensor, nowMs);
      },
      onReport(own, nowMs) {
        if (own.about === "sensors") threads.expect(own.threads, nowMs);
      },
      save: () => threads.save(),
      load: (saved) => threads.load(saved),
    };

    /** What was said of a thread under a name that it has no longer: it is told anew. */
    function endAll(sensor: SensorThread, nowMs: number): void {
      for (const cause of new Set<TapCause>(["silence", ...sensor.said.keys()])) report.clear([cause, sensor.key], nowMs * 1000);
      sensor.said.clear();
    }

    function judgeSilence(sensor: SensorThread, nowMs: number): void {
      const silentMs = nowMs - sensor.movedAtMs;
      const isSilent = silentMs > settings.silenceSeconds * 1000;
      // Not silent for long yet, and no packet seen either: that is no word on an alert that stands.
      if (!isSilent && !sensor.hasMoved) return;
      const seconds = Math.floor(silentMs / 1000);
      say(sensor, "silence", isSilent, nowMs, sensor.movedAtMs, () =>
        sensor.epoch === "" ? `no sensor has reported for ${seconds} seconds` : `no packet for ${seconds} seconds`,
      );
    }

    function judgeShares(sensor: SensorThread, nowMs: number): void {
      const { minutes } = sensor;
      const dropMinutes = wholeMinutes(settings.dropSeconds);
      const windowMinutes = wholeMinutes(settings.windowSeconds);
      const drops = minutes.leastShareOf("drops", dropMinutes);
      if (drops !== undefined) {
        const text = () => `at least ${formatShare(drops)} of the packets dropped by the kernel in each of ${dropMinutes} minutes`;
        say(sensor, "drops", drops > settings.dropRatio, nowMs, nowMs - dropMinutes * 60_000, text);
      }
      const flows = minutes.totalOf("closed", windowMinutes);
      const oneWay = minutes.shareOf("oneWay", "closed", windowMinutes);
      if (oneWay !== undefined && flows >= settings.oneWayMinFlows) {
        const text = () => `${formatShare(oneWay)} of ${flows} closed flows had one direction only in ${windowMinutes} minutes`;
        say(sensor, "one-way", oneWay > settings.oneWayRatio, nowMs, nowMs - windowMinutes * 60_000, text);
      }
      const undecoded = minutes.shareOf("undecoded", "seen", windowMinutes);
      if (undecoded !== undefined) {
        const text = () => `${formatShare(undecoded)} of the packets could not be decoded in ${windowMinutes} minutes`;
        say(sensor, "undecoded", undecoded > settings.undecodedRatio, nowMs, nowMs - windowMinutes * 60_000, text);
      }
    }

    function say(sensor: SensorThread, cause: TapCause, isBad: boolean, nowMs: number, sinceMs: number, text: () => string): void {
      const key = [cause, sensor.key];
      const before = sensor.said.get(cause);
      sensor.said.set(cause, isBad);
      if (isBad) {
        emit(report, cause, key, cause === "silence" ? "critical" : "high", nowMs, sinceMs, sensor.title, text());
        // The first good word clears too: an alert of the run before may still stand.
      } else if (before !== false) report.clear(key, nowMs * 1000);
    }
  },
});

function emit(
  report: StatusReport,
  cause: TapCause,
  key: string[],
  severity: Severity,
  nowMs: number,
  sinceMs: number,
  title: string,
  text: string,
): void {
  report.emit({
    detection: NAME,
    severity,
    key,
    atMicros: nowMs * 1000,
    sinceMicros: sinceMs * 1000,
    name: title,
    detail: text,
    rule: `detection:${NAME}`,
    because: "what the tap does not show cannot be judged",
    wouldAllow: OF_EXPORTERS.has(cause) ? "exports that come complete and in time" : "a tap that shows both directions without loss",
    next: STEPS[cause],
  });
}

function wholeMinutes(seconds: number): number {
  return Math.min(10, Math.max(1, Math.ceil(seconds / 60)));
}
