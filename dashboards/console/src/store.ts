import { computed, effect, signal } from "@preact/signals";
import type { AlertDetail, AlertRow, MapRow, OverviewRow, ServerFrame, StatusRow } from "../../../src/console/wire.ts";
import { Connection } from "./connection.ts";
import { SEVERITY } from "./words.ts";

/** All that the page shows, as signals; only this file writes them. */

const LATE_AFTER_MS = 3_000;
const LOST_AFTER_MS = 10_000;

export const status = signal<StatusRow | undefined>(undefined);
export const overview = signal<OverviewRow | undefined>(undefined);
export const alerts = signal<{ rows: AlertRow[]; total: number } | undefined>(undefined);
export const mapRows = signal<MapRow[] | undefined>(undefined);
export const selected = signal<string | undefined>(new URL(location.href).searchParams.get("sel") ?? undefined);
export const detail = signal<AlertDetail | "gone" | undefined>(undefined);
export const isPaused = signal(false);
/** The server's wall clock, from its last tick and the time since. */
export const nowMs = signal(Date.now());
export const asOfMs = signal<number | null>(null);
export const announcement = signal("");
export const criticalAnnouncement = signal("");
const heardMs = signal(Date.now());
const localMs = signal(Date.now());
let serverAhead = 0;

/** "late" after 3 s without a word from the server, "lost" after 10. */
export const link = computed<"live" | "late" | "lost">(() => {
  const silence = localMs.value - heardMs.value;
  return silence > LOST_AFTER_MS ? "lost" : silence > LATE_AFTER_MS ? "late" : "live";
});
export const lastHeardMs = computed(() => heardMs.value + serverAhead);

const socketUrl = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`;
const connection = new Connection(socketUrl, { heard, lost() {} });
let firstBuild: string | undefined;

function heard(frame: ServerFrame): void {
  const now = Date.now();
  heardMs.value = now;
  localMs.value = now;
  if (frame.type === "tick") {
    serverAhead = frame.nowMs - now;
    nowMs.value = frame.nowMs;
    asOfMs.value = frame.asOf;
  }
  if (frame.type === "hello") {
    // Another build has other rows: the page that goes with it is one reload away.
    if (firstBuild !== undefined && firstBuild !== frame.build) location.reload();
    firstBuild = frame.build;
  }
}

export function startLive(): void {
  connection.watch("status", "status", {}, ({ rows }) => {
    status.value = rows[0] as StatusRow;
  });
  connection.watch("overview", "overview", {}, ({ rows }) => {
    overview.value = rows[0] as OverviewRow;
  });
  connection.watch("alerts", "alerts", { limit: 200 }, ({ rows, total }) => {
    const found = rows as AlertRow[];
    if (alerts.value) announce(alerts.value.rows, found);
    alerts.value = { rows: found.sort(worstFirst), total };
  });
  effect(() => {
    const id = selected.value;
    detail.value = undefined;
    if (id === undefined) return undefined;
    return connection.watch("alert", "alert", { id }, ({ rows }) => {
      detail.value = (rows[0] as AlertDetail | undefined) ?? "gone";
    });
  });
  connection.open();
  window.setInterval(() => {
    localMs.value = Date.now();
    if (link.value !== "live") nowMs.value = Date.now() + serverAhead;
  }, 1000);
}

/** The map's rows are asked for when the map is there to show them. */
export function watchMap(): () => void {
  return connection.watch("map", "map", {}, ({ rows }) => {
    mapRows.value = rows as MapRow[];
  });
}

export function select(id: string | undefined): void {
  selected.value = id;
  const url = new URL(location.href);
  if (id === undefined) url.searchParams.delete("sel");
  else url.searchParams.set("sel", id);
  history.replaceState(null, "", url);
}

export function togglePause(): void {
  isPaused.value = !isPaused.value;
  connection.pause(isPaused.value);
}

export function say(text: string): void {
  announcement.value = text;
}

export function worstFirst(a: AlertRow, b: AlertRow): number {
  return SEVERITY[b.severity].rank - SEVERITY[a.severity].rank || a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1);
}

let waiting = 0;
let sayTimer: number | undefined;

/** New alerts for people who listen: criticals at once, each once; the rest summed, at most once in 10 s. */
function announce(before: readonly AlertRow[], after: readonly AlertRow[]): void {
  const known = new Set(before.map((row) => row.id));
  for (const row of after) {
    if (known.has(row.id)) continue;
    waiting += 1;
    if (row.severity === "critical")
      criticalAnnouncement.value = `New critical alert: ${row.detection}${row.zone ? ` from ${row.zone}` : ""}`;
  }
  if (waiting === 0 || sayTimer !== undefined) return;
  sayTimer = window.setTimeout(() => {
    say(waiting === 1 ? "1 new alert" : `${waiting} new alerts`);
    waiting = 0;
    sayTimer = undefined;
  }, 10_000);
}
