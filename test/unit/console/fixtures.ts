import type { AlertAct, AlertActOutcome, AlertBook } from "../../../src/console/live.ts";
import type { Alert } from "../../../src/model/alert.ts";
import { D, FlowBatch, FlowView, I, KIND } from "../../../src/model/flow.ts";
import type { Direction, JudgedFlow, JudgementWord } from "../../../src/model/judgement.ts";
import type { LocationVerdict } from "../../../src/model/location.ts";
import type { SensorStatus } from "../../../src/model/sensor-status.ts";
import type { DataClass, Site, Zone } from "../../../src/model/site.ts";

/** 2026-11-21 14:00:00 UTC. */
export const START_MS = Date.UTC(2026, 10, 21, 14, 0, 0);
export const MINUTE = 60_000;

function zone(name: string, data: DataClass[]): Zone {
  return { name, title: name, networks: [], vlans: [], data, jurisdiction: "eu-eea", isJudged: true, order: 0 };
}

export const ZONES = {
  imaging: zone("imaging", ["imaging"]),
  laboratory: zone("laboratory", ["laboratory"]),
  records: zone("records", ["patient-record"]),
  admin: zone("admin", ["admin"]),
  guest: zone("guest", ["guest"]),
};

export const SITE: Site = {
  name: "CHL",
  latitude: 49.61,
  longitude: 6.1,
  timeZone: "Europe/Luxembourg",
  inside: ["10.0.0.0/8"],
  zones: Object.values(ZONES),
  assets: [],
  parties: [],
  authorisations: [],
  jurisdictions: [
    {
      name: "eu-eea",
      title: "EU and EEA",
      countries: "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split(" "),
      source: "EEA Agreement",
    },
  ],
  jurisdiction: "eu-eea",
};

export interface FlowWish {
  zone?: Zone | undefined;
  country?: string;
  verdict?: LocationVerdict | undefined;
  word?: JudgementWord;
  out?: number;
  back?: number;
  atMs?: number;
  direction?: Direction;
  /** An event that is not the flow's first. */
  isLater?: boolean;
}

const batch = new FlowBatch(1);
const view = new FlowView();

/** A judged flow event; the object and its record are reused by the next call, as in the core. */
export function judged(wish: FlowWish): JudgedFlow {
  const atMicros = (wish.atMs ?? START_MS) * 1000;
  batch.ints.fill(0);
  batch.doubles.fill(0);
  batch.count = 1;
  batch.doubles[D.eventMicros] = atMicros;
  batch.doubles[D.endMicros] = atMicros;
  batch.doubles[D.packetsUp] = wish.isLater ? 20 : 10;
  batch.doubles[D.newPacketsUp] = 10;
  batch.doubles[D.packetsDown] = 5;
  batch.doubles[D.newPacketsDown] = 5;
  batch.ints[I.kind] = KIND.counted;
  const countries = wish.country === undefined ? [] : [wish.country];
  const verdict = "verdict" in wish ? wish.verdict : "inside-list";
  return {
    flow: view.at(batch, 0),
    direction: wish.direction ?? "outbound",
    zone: "zone" in wish ? wish.zone : ZONES.imaging,
    asset: undefined,
    isInsideInitiator: true,
    bytesOut: wish.out ?? 1000,
    bytesIn: wish.back ?? 100,
    newBytesOut: wish.out ?? 1000,
    newBytesIn: wish.back ?? 100,
    isEstablished: true,
    party: undefined,
    partyBy: undefined,
    name: undefined,
    nameSource: undefined,
    location:
      verdict === undefined
        ? undefined
        : {
            place: { index: 1, countries, confidence: 90, claims: [], asn: undefined, organization: undefined, special: undefined },
            verdict,
            list: "eu-eea",
          },
    judgement: { word: wish.word ?? "approved", rule: "list:eu-eea", because: "", wouldAllow: undefined },
    insideAddress: () => "10.1.2.3",
    outsideAddress: () => "192.0.2.1",
    outsidePort: () => 443,
  };
}

let made = 0;

export function alert(wish: Partial<Alert> = {}): Alert {
  made += 1;
  const id = wish.id ?? `al_${String(made).padStart(4, "0")}`;
  const firstMicros = wish.firstMicros ?? (START_MS - 21 * MINUTE) * 1000;
  return {
    id,
    threadId: `th_${id}`,
    detection: "residency.violation",
    severity: "high",
    state: "open",
    revision: 1,
    zone: "imaging",
    assetCount: 3,
    party: "Acme PACS",
    name: "pacs.acme.example",
    countries: ["US"],
    verdict: "outside-list",
    confidence: 94,
    bytesOut: 41_000_000,
    bytesIn: 2_000_000,
    flowCount: 12,
    findingCount: 30,
    firstMicros,
    lastMicros: wish.lastMicros ?? Math.max(firstMicros, START_MS * 1000),
    sentence:
      "CT-3 (10.1.2.3) in imaging (patient data) sent 41.0 MB to pacs.acme.example (Acme, registered; name from TLS SNI) in the US, outside the list eu-eea, confidence 94, since 13:39:00Z.",
    evidence: {
      detection: "residency.violation",
      severity: "high",
      key: ["imaging", "Acme PACS", "US"],
      atMicros: START_MS * 1000,
      sinceMicros: firstMicros,
      asset: "CT-3",
      insideAddress: "10.1.2.3",
      outsideAddress: "192.0.2.1",
      nameSource: "sni",
      protocol: "tls",
      rule: "list:eu-eea",
      because: "US is not on the list eu-eea and no authorisation covers imaging to Acme PACS in the US.",
      wouldAllow: "an authorisation imaging × Acme PACS × US; there is none",
      claims: [
        { source: "geo-whois-asn-country", build: "2026-06-17", sha256: "7c1e".padEnd(64, "0"), countries: ["US"] },
        { source: "contract", countries: ["DE"], note: "the processing agreement names Germany" },
      ],
    },
    relevantTo: ["GDPR 44–46", "GDPR 5(1)(f)"],
    next: [
      "Ask Acme in which region it stores these images.",
      "If patient data is confirmed, start the GDPR 33 clock.",
      "Block the destination if the transfer has no basis.",
    ],
    policyRevision: "r412a9c3d0e1",
    builds: { "geo-whois-asn-country": "2026-06-17" },
    history: [{ atMs: START_MS - 20 * MINUTE, who: "bordertap", what: "opened" }],
    ...wish,
  };
}

export function status(
  wish: { seen?: number; dropped?: number | undefined; malformed?: number; filtered?: number; epoch?: string } & Partial<
    Omit<SensorStatus, "capture">
  > = {},
): SensorStatus {
  const { seen = 1000, malformed = 0, filtered = 0, ...rest } = wish;
  const dropped = "dropped" in wish ? wish.dropped : 0;
  return {
    epoch: "e1",
    thread: 0,
    source: "eth1 (af-packet)",
    capture: {
      seenPackets: seen,
      seenBytes: seen * 800,
      filteredPackets: filtered,
      kernelDrops: dropped,
      interfacePackets: undefined,
      newestMicros: START_MS * 1000,
    },
    decodedPackets: seen - malformed - filtered - (dropped ?? 0),
    malformedPackets: malformed,
    nonIp: {},
    losses: {},
    flows: { opened: 100, active: 40, limit: 1_000_000, evicted: 0, byTransport: {}, oneWayClosed: 1, closed: 60 },
    dissect: { recognised: 50, unrecognised: 10 },
    memoryBytes: 90_000_000,
    cpuSeconds: 1,
    newestMicros: START_MS * 1000,
    ...rest,
  };
}

/** A store of alerts in memory, with the rules that matter here: a revision that must match, and a listener. */
export class MemoryBook implements AlertBook {
  readonly alerts = new Map<string, Alert>();
  readonly acts: (AlertAct & { id: string })[] = [];
  onChange: (alert: Alert) => void = () => {};

  put(alert: Alert): Alert {
    this.alerts.set(alert.id, alert);
    this.onChange(alert);
    return alert;
  }

  list(): readonly Alert[] {
    return [...this.alerts.values()];
  }

  get(id: string): Alert | undefined {
    return this.alerts.get(id);
  }

  blockable(alert: Alert): string | undefined {
    return alert.evidence.outsideAddress;
  }

  act(id: string, request: AlertAct): AlertActOutcome {
    const found = this.alerts.get(id);
    if (!found) return { result: "missing" };
    if (found.revision !== request.revision) return { result: "conflict", alert: found };
    if (request.act === "reopen" && found.state !== "closed") return { result: "refused", why: "it is not closed" };
    this.acts.push({ ...request, id });
    const changed: Alert = {
      ...found,
      revision: found.revision + 1,
      history: [
        ...found.history,
        { atMs: START_MS, who: request.who, what: request.act, ...(request.note === undefined ? {} : { note: request.note }) },
      ],
    };
    if (request.act === "take") Object.assign(changed, { state: "taken", owner: request.who });
    if (request.act === "snooze") Object.assign(changed, { state: "snoozed", snoozedUntilMs: request.untilMs });
    if (request.act === "close") Object.assign(changed, { state: "closed", closedReason: request.reason });
    if (request.act === "reopen") changed.state = "open";
    return { result: "ok", alert: this.put(changed) };
  }
}
