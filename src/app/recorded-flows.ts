import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { openHistory } from "../history/query.ts";
import { MOST_ROWS, type Plain } from "../history/query-options.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { parseAddress } from "../lib/ip.ts";
import type { FlowFacts, FlowName } from "../model/facts.ts";
import { D, FlowBatch, I } from "../model/flow.ts";

/** Flows alike that were recorded: what judging them again needs, and what was said of them then. */
export interface RecordedFlows {
  flows: number;
  bytesOut: number;
  bytesIn: number;
  /** What was recorded; "" where nothing was. */
  zone: string;
  party: string;
  country: string;
  judgement: string;
}

export interface Recording {
  /** Calls back with one flow in a batch, good until it returns. */
  each(take: (batch: FlowBatch, recorded: RecordedFlows) => void): Promise<{ isCut: boolean }>;
  /** For people: "history in /var/lib/bordertap/history". */
  title: string;
}

/** What is alike within an hour is one row: policy looks at ends, names and time. Most bytes first, in case there are too many. */
const SQL = `SELECT source_ip, destination_ip, destination_port, iana_number, ip_version, coalesce(vlan_count, 0) AS vlan_count,
  coalesce(vlan_id, 0) AS vlan_id, coalesce(inner_vlan_id, 0) AS inner_vlan_id, coalesce(name, '') AS name,
  coalesce(CAST(name_source AS VARCHAR), '') AS name_source, coalesce(zone, '') AS zone, coalesce(party, '') AS party,
  coalesce(country, '') AS country, coalesce(CAST(judgement AS VARCHAR), '') AS judgement, max(epoch_us(flow_end)) AS end_micros,
  count(*) AS flows, sum(bytes_out) AS bytes_out, sum(bytes_in) AS bytes_in, min(rtt_micros) AS rtt_micros,
  any_value(CASE WHEN contains(facts, '"subject"') OR contains(facts, '"dicom"') OR contains(facts, '"proxy"') THEN facts END) AS facts
FROM flows WHERE FILTER GROUP BY ALL_KEYS, date_trunc('hour', flow_end) ORDER BY sum(bytes_out) DESC`.replace(
  "ALL_KEYS",
  Array.from({ length: 14 }, (_, n) => n + 1).join(", "),
);

/** Flows in the history folder, of a window in microseconds; `filter`: a condition of SQL, made by us. */
export function recordingOfHistory(folder: string, window: { fromMicros?: number; toMicros?: number }, filter = "true"): Recording {
  return {
    title: `history in ${folder}`,
    async each(take) {
      const history = await openHistory(folder);
      const record = new LooseFlow();
      return history.stream({ ...window, sql: SQL.replace("FILTER", filter), limit: MOST_ROWS, timeoutSeconds: 600 }, (columns, rows) => {
        for (const row of rows) {
          const cell = (name: string): Plain => row[columns.indexOf(name)] ?? null;
          const text = (name: string) => String(cell(name) ?? "");
          const number = (name: string) => Number(cell(name) ?? 0);
          const isThere = record.set({
            source: text("source_ip"),
            destination: text("destination_ip"),
            port: number("destination_port"),
            transport: number("iana_number"),
            ipVersion: number("ip_version"),
            vlans: [number("vlan_id"), number("inner_vlan_id")].slice(0, number("vlan_count")),
            endMicros: number("end_micros"),
            rttMicros: cell("rtt_micros") === null ? Number.NaN : number("rtt_micros"),
            facts: factsWith(text("facts"), text("name"), text("name_source")),
          });
          if (!isThere) continue;
          take(record.batch, {
            flows: number("flows"),
            bytesOut: number("bytes_out"),
            bytesIn: number("bytes_in"),
            zone: text("zone"),
            party: text("party"),
            country: text("country"),
            judgement: text("judgement"),
          });
        }
      });
    },
  };
}

/** Flows as `analyze --flows FILE` writes them (ECS). Throws `usage` where a line is none. */
export function recordingOfFile(path: string): Recording {
  return {
    title: path,
    async each(take) {
      const record = new LooseFlow();
      let line = 0;
      try {
        for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
          line += 1;
          if (text.trim() === "") continue;
          const document = JSON.parse(text) as Document;
          const { source = {}, destination = {}, bordertap = {} } = document;
          const isThere = record.set({
            source: source.ip ?? "",
            destination: destination.ip ?? "",
            port: destination.port ?? -1,
            transport: TRANSPORTS[document.network?.transport ?? ""] ?? 0,
            ipVersion: document.network?.type === "ipv6" ? 6 : 4,
            vlans: (bordertap.vlan_ids ?? []).map(Number).slice(0, 2),
            endMicros: Date.parse(document["@timestamp"] ?? "") * 1000,
            rttMicros: Number.NaN,
            facts: factsOf(document),
          });
          if (!isThere) throw new Error("source.ip, destination.ip and @timestamp are needed");
          take(record.batch, {
            flows: 1,
            bytesOut: source.bytes ?? 0,
            bytesIn: destination.bytes ?? 0,
            zone: bordertap.zone ?? "",
            party: bordertap.party ?? "",
            country: destination.geo?.country_iso_code ?? source.geo?.country_iso_code ?? "",
            judgement: bordertap.judgement ?? "",
          });
        }
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== undefined && line === 0)
          throw new AppError("usage", `cannot read ${path}: ${reasonOf(cause)}`, { exitCode: 2, cause });
        throw new AppError(
          "usage",
          `${path}${line > 0 ? `:${line}` : ""} is no list of flows as "analyze --flows" writes it: ${reasonOf(cause)}`,
          {
            exitCode: 2,
            cause,
          },
        );
      }
      return { isCut: false };
    },
  };
}

interface End {
  ip?: string;
  port?: number;
  bytes?: number;
  domain?: string;
  geo?: { country_iso_code?: string };
}

interface Document {
  "@timestamp"?: string;
  network?: { transport?: string; type?: string };
  source?: End;
  destination?: End;
  tls?: { server?: { subject?: string }; client?: { server_name?: string } };
  dicom?: { called_ae?: string[]; calling_ae?: string[] };
  proxy?: FlowFacts["proxy"];
  bordertap?: { vlan_ids?: string[]; zone?: string; party?: string; judgement?: string };
}

const TRANSPORTS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, "ipv6-icmp": 58 };

function factsOf({ tls, dicom, proxy, destination }: Document): FlowFacts {
  const sni = tls?.client?.server_name;
  const name = sni ?? destination?.domain;
  return {
    protocols: [],
    ...(name === undefined ? {} : { names: [{ name, source: sni === undefined ? "host" : "sni" }] }),
    ...(tls?.server?.subject === undefined ? {} : { tls: { server: { subject: tls.server.subject } } }),
    ...(dicom === undefined ? {} : { dicom: { calledAe: dicom.called_ae ?? [], callingAe: dicom.calling_ae ?? [] } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/** Names that DNS gave are in history, and not in the facts: what was known then is known again. */
function factsWith(json: string, name: string, source: string): FlowFacts {
  const facts = json === "" ? { protocols: [] } : (JSON.parse(json) as FlowFacts);
  const by: FlowName["source"] = source === "sni" || source === "host" || source === "certificate" ? source : "dns";
  return name === "" ? facts : { ...facts, names: [{ name, source: by }] };
}

/** One flow record, filled over and over. */
class LooseFlow {
  readonly batch = new FlowBatch(1);

  /** False when an address or the time is none. */
  set(flow: {
    source: string;
    destination: string;
    port: number;
    transport: number;
    ipVersion: number;
    vlans: readonly number[];
    endMicros: number;
    rttMicros: number;
    facts: FlowFacts;
  }): boolean {
    const { doubles, ints, facts } = this.batch;
    const source = parseAddress(flow.source);
    const destination = parseAddress(flow.destination);
    if (!source || !destination || Number.isNaN(flow.endMicros)) return false;
    doubles.fill(0);
    ints.fill(0);
    for (const at of [D.startMicros, D.endMicros, D.eventMicros]) doubles[at] = flow.endMicros;
    doubles[D.rttMicros] = flow.rttMicros;
    for (const at of [D.packetsUp, D.packetsDown]) doubles[at] = 1;
    ints.set(source, I.initiatorAddress);
    ints.set(destination, I.responderAddress);
    ints[I.transport] = flow.transport;
    ints[I.ipVersion] = flow.ipVersion;
    // Which it was is not kept; it says that there are ports.
    ints[I.initiatorPort] = flow.port === -1 ? -1 : 0;
    ints[I.responderPort] = flow.port;
    ints[I.vlanCount] = flow.vlans.length;
    ints[I.vlanOuter] = flow.vlans[0] ?? 0;
    ints[I.vlanInner] = flow.vlans[1] ?? 0;
    facts[0] = flow.facts;
    this.batch.count = 1;
    return true;
  }
}
