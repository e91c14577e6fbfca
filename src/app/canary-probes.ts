import { WebSocket } from "ws";
import type { HistoryWriter } from "../history/writer.ts";
import type { Alert } from "../model/alert.ts";
import type { AlertSink, FlowSink } from "../outputs/index.ts";

/** Frames that a console's socket sends by itself: who it is, and then one each second. */
const GREETING = "hello";
const SIGN_OF_LIFE = "tick";
const PROTOCOL = "bordertap.v1";

/** Writes the alert, and waits until it is in the file. */
export async function reachAlertSink(sink: AlertSink, alert: Alert): Promise<void> {
  const before = sink.counters();
  sink.take(alert);
  await sink.flush();
  const after = sink.counters();
  if (after.written <= before.written || after.dropped > before.dropped) throw new Error("not written");
}

/** Flow records are evidence, and none is made up: what waits is written. */
export async function reachFlowSink(sink: FlowSink): Promise<void> {
  const before = sink.counters().dropped;
  await sink.flush();
  if (sink.counters().dropped > before) throw new Error("not written");
}

/**
 * No row is made up here either: the process of history writes what it holds, and answers. It is asked of the last second: SQL would
 * have it look into every file that it keeps.
 */
export async function reachHistory(history: HistoryWriter, nowMs: number, timeoutMs: number): Promise<void> {
  await history.flush(timeoutMs);
  await history.query({ fromMicros: (nowMs - 1000) * 1000, toMicros: nowMs * 1000, limit: 1, timeoutSeconds: timeoutMs / 1000 });
}

/** A scrape tells of this canary. `url`: of the console, with a slash at its end. */
export async function reachMetrics(url: string, sequence: number, timeoutMs: number): Promise<void> {
  const answer = await fetch(`${url}metrics`, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await answer.text();
  if (!answer.ok || !text.includes(`\nbordertap_canary_sent_events_total ${sequence}\n`)) throw new Error("not told");
}

/** A page's socket is greeted, and gets its sign of life. No page is shown anything. */
export function reachLivePages(url: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}api/v1/live`, PROTOCOL, {
      origin: url.replace(/\/$/, ""),
      handshakeTimeout: timeoutMs,
    });
    const end = (error?: Error) => {
      clearTimeout(timer);
      socket.terminate();
      if (error === undefined) resolve();
      else reject(error);
    };
    const timer = setTimeout(() => end(new Error("no sign of life")), timeoutMs).unref();
    let isGreeted = false;
    socket.on("message", (data) => {
      const text = data.toString();
      isGreeted ||= text.includes(`"type":"${GREETING}"`);
      if (isGreeted && text.includes(`"type":"${SIGN_OF_LIFE}"`)) end();
    });
    socket.on("error", end);
    socket.on("close", () => end(new Error("closed")));
  });
}
