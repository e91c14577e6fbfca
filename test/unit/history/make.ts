import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { ToHistory } from "../../../src/history/messages.ts";
import type { StartHistory } from "../../../src/history/process.ts";
import { HistoryServer } from "../../../src/history/server.ts";
import { createHistoryWriter, type HistoryWriter, type HistoryWriterOptions } from "../../../src/history/writer.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { parseAddress } from "../../../src/lib/ip.ts";
import type { Place } from "../../../src/lib/place-file.ts";
import type { Alert } from "../../../src/model/alert.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { D, FlowBatch, FlowView, I, KIND } from "../../../src/model/flow.ts";
import type { JudgedFlow, Judgement } from "../../../src/model/judgement.ts";
import type { Location } from "../../../src/model/location.ts";
import type { Zone } from "../../../src/model/site.ts";
import { Health } from "../../../src/obs/health.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { silentLog } from "../../../src/obs/silent-log.ts";

/** 2026-11-21T13:00:00Z */
export const HOUR = Date.UTC(2026, 10, 21, 13) * 1000;
export const SECOND = 1e6;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "history-test-"));
  folders.push(folder);
  return folder;
}

/** The history server in this process, behind the same channel; messages are copied as the real channel copies them. */
export function inProcess(options: { clock?: Clock; place?: Place; onStart?: (end: (reason: string) => void) => void } = {}): StartHistory {
  return (onMessage, onEnd) => {
    let server: HistoryServer | undefined;
    let isDead = false;
    let handled: Promise<void> = Promise.resolve();
    const end = (reason: string) => {
      if (isDead) return;
      isDead = true;
      queueMicrotask(() => onEnd(reason));
    };
    options.onStart?.(end);
    const handle = async (message: ToHistory) => {
      if (isDead) return;
      if (message.kind === "start") {
        server = new HistoryServer(message.settings, (answer) => !isDead && onMessage(structuredClone(answer)), {
          clock: options.clock ?? systemClock,
          ...(options.place ? { place: options.place } : {}),
        });
        await server.start();
      } else {
        await server!.take(message);
        if (message.kind === "close") end("closed");
      }
    };
    return {
      send(message) {
        const copy = structuredClone(message);
        handled = handled.then(() => handle(copy)).catch((error) => end(String(error)));
      },
      kill: () => end("killed"),
    };
  };
}

export function newWriter(folder: string, more: Partial<HistoryWriterOptions> = {}): HistoryWriter & { health: Health; losses: Losses } {
  const health = new Health(() => 0);
  const losses = new Losses();
  const writer = createHistoryWriter({
    folder,
    epoch: "e1",
    clock: systemClock,
    health,
    losses,
    log: silentLog,
    start: inProcess(),
    partSeconds: 3600,
    policyRevision: "r1",
    builds: { "geo-whois": "2026-06-17" },
    ...more,
  });
  return Object.assign(writer, { health, losses });
}

export interface FlowSketch {
  id?: number;
  kind?: keyof typeof KIND;
  at: number;
  start?: number;
  since?: number;
  from?: string;
  to?: string;
  zone?: string;
  country?: string;
  name?: string;
  party?: string;
  partyAlso?: readonly string[];
  proxiedTo?: string;
  forwardedFor?: string;
  transport?: number;
  word?: Judgement["word"];
  up?: number;
  newUp?: number;
  facts?: FlowFacts;
}

const zones = new Map<string, Zone>();
const locations = new Map<string, Location>();
const judgements = new Map<string, Judgement>();

/** One judged flow event of a TCP connection to port 443. */
export function judged(sketch: FlowSketch): JudgedFlow {
  const batch = new FlowBatch(1);
  const { doubles: d, ints: i } = batch;
  batch.count = 1;
  batch.facts[0] = sketch.facts;
  d[D.id] = sketch.id ?? 1;
  d[D.eventMicros] = sketch.at;
  d[D.endMicros] = sketch.at;
  d[D.startMicros] = sketch.start ?? sketch.at - SECOND;
  d[D.intervalStartMicros] = sketch.since ?? d[D.startMicros];
  d[D.bytesUp] = sketch.up ?? 1000;
  d[D.newBytesUp] = sketch.newUp ?? d[D.bytesUp];
  d[D.packetsUp] = 3;
  d[D.rttMicros] = Number.NaN;
  i[I.kind] = KIND[sketch.kind ?? "closed"];
  i[I.transport] = sketch.transport ?? 6;
  i[I.ipVersion] = 4;
  i[I.initiatorPort] = 50000;
  i[I.responderPort] = 443;
  i[I.tcpState] = 1;
  i.set(parseAddress(sketch.from ?? "10.1.0.7")!, I.initiatorAddress);
  i.set(parseAddress(sketch.to ?? "192.0.2.9")!, I.responderAddress);
  return judgedOf(batch, sketch);
}

export function judgedOf(batch: FlowBatch, sketch: Partial<FlowSketch> = {}): JudgedFlow {
  const flow = new FlowView().at(batch, 0);
  const once = <T>(map: Map<string, T>, key: string, make: () => T) => {
    if (!map.has(key)) map.set(key, make());
    return map.get(key)!;
  };
  const { zone = "imaging", country = "DE", word = "approved" } = sketch;
  return {
    flow,
    direction: "outbound",
    zone: once(zones, zone, () => ({
      name: zone,
      title: zone,
      networks: [],
      vlans: [],
      data: [],
      jurisdiction: "eu",
      isJudged: true,
      order: 0,
    })),
    asset: undefined,
    isInsideInitiator: true,
    bytesOut: flow.bytesUp,
    bytesIn: flow.bytesDown,
    newBytesOut: flow.newBytesUp,
    newBytesIn: flow.newBytesDown,
    isEstablished: false,
    party:
      sketch.party === undefined
        ? undefined
        : {
            name: sketch.party,
            title: "",
            role: "processor",
            services: [],
            data: [],
            domains: [],
            networks: [],
            asns: [],
            countries: [],
            agreementEnds: undefined,
          },
    partyAlso: sketch.partyAlso,
    proxiedTo: sketch.proxiedTo,
    forwardedFor: sketch.forwardedFor,
    partyBy: sketch.party === undefined ? undefined : "name",
    name: sketch.name,
    nameSource: sketch.name === undefined ? undefined : "sni",
    location: once(locations, country, () => ({
      verdict: "inside-list",
      list: "eu-eea",
      place: {
        index: 1,
        countries: [country, "FR"],
        confidence: 80,
        claims: [],
        asn: 64500,
        organization: "Example AS",
        special: undefined,
      },
    })),
    judgement: once(judgements, word, () => ({ word, rule: "list:eu-eea", because: `${country} is on the list`, wouldAllow: undefined })),
    insideAddress: () => "",
    outsideAddress: () => "",
    outsidePort: () => 443,
  };
}

export function alert(id: string, revision: number, more: Partial<Alert> = {}): Alert {
  return {
    id,
    threadId: `t-${id}`,
    detection: "residency.violation",
    severity: "high",
    state: "open",
    revision,
    assetCount: 1,
    countries: ["US"],
    bytesOut: 5,
    bytesIn: 6,
    flowCount: 1,
    findingCount: 1,
    firstMicros: HOUR,
    lastMicros: HOUR + revision,
    sentence: "imaging sent 5 B to US",
    evidence: { detection: "residency.violation", severity: "high", key: ["imaging", "US"], atMicros: HOUR, sinceMicros: HOUR },
    relevantTo: [],
    next: [],
    policyRevision: "r1",
    builds: {},
    history: [],
    ...more,
  };
}
