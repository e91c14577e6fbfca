import { parseAddress } from "../lib/ip.ts";
import { transportName, transportProtocol } from "../lib/transports.ts";
import { CLOSED_BY, D, FLOW_KINDS, I, INITIATOR_BY, TCP_STATES } from "../model/flow.ts";
import { NAME_SOURCES, PARTY_BY } from "../model/judgement.ts";
import { AddressTexts } from "./address-texts.ts";
import type { LooseRecord, RowCursor } from "./flow-record.ts";
import { LAST_MICROS } from "./hours.ts";
import { DIRECTIONS, FLAG_ESTABLISHED, FLAG_INSIDE_INITIATOR, NAME_SOURCE_SHIFT, PARTY_BY_SHIFT, R, RD } from "./row.ts";

/**
 * The columns of a flow record in history, declared once: the file's schema, what fills it, how a replay sets the
 * record again, and the reference page all come from here. Names follow ECS where ECS has one (`source` is the initiator).
 */
export type FlowColumn = NumberColumn | TextColumn;

interface Column {
  name: string;
  /** One sentence for the reference page. */
  doc: string;
}

export type NumberType = "UTINYINT" | "USMALLINT" | "INTEGER" | "UINTEGER" | "UBIGINT" | "DOUBLE" | "BOOLEAN" | "TIMESTAMP";

/** A number; with `words`, one of a closed list, stored as the word. NaN: nothing. */
export interface NumberColumn extends Column {
  type: NumberType;
  words?: readonly string[];
  read(row: RowCursor): number;
  restore?(record: LooseRecord, value: number): void;
}

/** A text; of type VARCHAR[], words joined by spaces. "": nothing. */
export interface TextColumn extends Column {
  type: "VARCHAR" | "VARCHAR[]" | "BLOB";
  /** Hardly ever the same twice; all other texts are kept once while they wait for their file. */
  isUnique?: boolean;
  read(row: RowCursor): string;
  restore?(record: LooseRecord, value: string): void;
  /** Words of the record that the text tells completely when `isExact` says so; spares the check by restoring. */
  covers?: readonly [first: number, count: number];
  isExact?(row: RowCursor): boolean;
}

export function isNumberColumn(column: FlowColumn): column is NumberColumn {
  return column.type !== "VARCHAR" && column.type !== "VARCHAR[]" && column.type !== "BLOB";
}

const texts = new AddressTexts();
const TCP = 6;
const MAC_KNOWN = 0x10000;
/** A time as microseconds, and the nanoseconds beyond them in a column of their own. */
function time(name: string, at: number, doc: string): NumberColumn[] {
  return [
    {
      name,
      type: "TIMESTAMP",
      doc: `${doc} (UTC, microseconds)`,
      read: (row) => Math.min(Math.max(Math.floor(row.double(at)) || 0, 0), LAST_MICROS),
      restore: (record, value) => {
        record.doubles[at] = value;
      },
    },
    {
      name: `${name}_nanos`,
      type: "USMALLINT",
      doc: `nanoseconds of ${name} beyond its microseconds, when there are any`,
      read: (row) => Math.round((row.double(at) - Math.floor(row.double(at))) * 1000) || Number.NaN,
      restore: (record, value) => {
        record.doubles[at] += value / 1000;
      },
    },
  ];
}

function double(name: string, type: NumberType, at: number, doc: string): NumberColumn {
  return {
    name,
    type,
    doc,
    read: (row) => row.double(at),
    restore: (record, value) => {
      record.doubles[at] = value;
    },
  };
}

/** An integer of the record; `isThere` false leaves the column empty. */
function int(name: string, type: NumberType, at: number, doc: string, isThere: (row: RowCursor) => boolean = () => true): NumberColumn {
  return {
    name,
    type,
    doc,
    read: (row) => (isThere(row) ? row.int(at) : Number.NaN),
    restore: (record, value) => {
      record.ints[at] = value;
    },
  };
}

function word(name: string, words: readonly string[], at: number, doc: string, isThere?: (row: RowCursor) => boolean): NumberColumn {
  return { ...int(name, "UTINYINT", at, doc, isThere), words };
}

function address(name: string, at: number, doc: string): TextColumn {
  return {
    name,
    type: "VARCHAR",
    doc,
    isUnique: true,
    read: (row) => texts.of(row.int(at), row.int(at + 1), row.int(at + 2), row.int(at + 3)),
    restore: (record, value) => {
      const words = parseAddress(value);
      if (words) record.ints.set(words, at);
    },
    covers: [at, 4],
    isExact: () => true,
  };
}

function mac(name: string, at: number, doc: string): TextColumn {
  return {
    name,
    type: "VARCHAR",
    doc,
    read(row) {
      if ((row.int(at + 1) & MAC_KNOWN) === 0) return "";
      const hex = (row.int(at) >>> 0).toString(16).padStart(8, "0") + (row.int(at + 1) & 0xffff).toString(16).padStart(4, "0");
      return hex.replace(/..(?=.)/g, "$&:");
    },
    restore(record, value) {
      const hex = value.replaceAll(":", "");
      record.ints[at] = Number.parseInt(hex.slice(0, 8), 16);
      record.ints[at + 1] = Number.parseInt(hex.slice(8), 16) | MAC_KNOWN;
    },
    covers: [at, 2],
    isExact: (row) => (row.int(at + 1) & ~0xffff) === MAC_KNOWN || (row.int(at) === 0 && row.int(at + 1) === 0),
  };
}

const icmp: TextColumn = {
  name: "icmp",
  type: "VARCHAR",
  doc: "ICMP messages seen, as type/code, at most four",
  read(row) {
    let out = "";
    for (let n = 0; n < 4; n += 1) {
      const message = row.int(I.icmp + n) - 1;
      if (message >= 0) out += `${out === "" ? "" : " "}${message >>> 8}/${message & 255}`;
    }
    return out;
  },
  restore(record, value) {
    for (const [n, message] of value.split(" ").entries()) {
      const [type, code] = message.split("/").map(Number);
      record.ints[I.icmp + n] = ((type << 8) | code) + 1;
    }
  },
};

const judged = (name: string, doc: string, key: "word" | "rule" | "because" | "wouldAllow"): TextColumn => ({
  name,
  type: "VARCHAR",
  doc,
  read: (row) => row.batch.judgements[row.int(R.judgement) - 1]?.[key] ?? "",
});

const located = (name: string, doc: string, key: "verdict" | "list" | "organization" | "special"): TextColumn => ({
  name,
  type: "VARCHAR",
  doc,
  read: (row) => row.batch.locations[row.int(R.location) - 1]?.[key] ?? "",
});

const text = (name: string, doc: string, read: (row: RowCursor) => string): TextColumn => ({ name, type: "VARCHAR", doc, read });
const number = (name: string, type: NumberType, doc: string, read: (row: RowCursor) => number): NumberColumn => ({ name, type, doc, read });
const isTcp = (row: RowCursor) => row.int(I.transport) === TCP;

export const FLOW_COLUMNS: readonly FlowColumn[] = [
  text("run", "the run of bordertap that recorded the event", (row) => row.run),
  number("sequence", "UBIGINT", "place of the event in its run, from 1", (row) => row.batch.firstSequence + row.index),
  text("sensor_epoch", "the run of the sensor that saw the flow", (row) => row.batch.epochs[row.int(R.epoch) - 1] ?? ""),
  int("sensor_thread", "UINTEGER", I.thread, "the sensor thread that saw the flow"),
  double("flow_id", "UBIGINT", D.id, "number of the flow within its sensor's epoch and thread"),
  word("event_kind", FLOW_KINDS, I.kind, "why the sensor reported: opened, learned, counted or closed"),
  ...time("event_time", D.eventMicros, "packet time at which the event was made"),
  ...time("flow_start", D.startMicros, "packet time of the flow's first packet"),
  ...time("flow_end", D.endMicros, "packet time of the flow's latest packet"),
  ...time("interval_start", D.intervalStartMicros, "from when the new_ counters count"),
  int("ip_version", "UTINYINT", I.ipVersion, "4 or 6"),
  int("iana_number", "UTINYINT", I.transport, "IANA protocol number"),
  text("transport", "IANA protocol keyword, lower case, or the number", (row) => transportName(row.int(I.transport))),
  address("source_ip", I.initiatorAddress, "address of the initiator"),
  int("source_port", "USMALLINT", I.initiatorPort, "port of the initiator; ICMP: see the output contract"),
  mac("source_mac", I.initiatorMac, "hardware address on the initiator's side"),
  address("destination_ip", I.responderAddress, "address of the responder"),
  int("destination_port", "USMALLINT", I.responderPort, "port of the responder"),
  mac("destination_mac", I.responderMac, "hardware address on the responder's side"),
  double("source_packets", "UBIGINT", D.packetsUp, "packets from the initiator, of the whole flow so far"),
  double("source_bytes", "UBIGINT", D.bytesUp, "bytes from the initiator, of the whole flow so far"),
  double("destination_packets", "UBIGINT", D.packetsDown, "packets from the responder, of the whole flow so far"),
  double("destination_bytes", "UBIGINT", D.bytesDown, "bytes from the responder, of the whole flow so far"),
  double("new_source_packets", "UBIGINT", D.newPacketsUp, "packets from the initiator since the flow's last event"),
  double("new_source_bytes", "UBIGINT", D.newBytesUp, "bytes from the initiator since the flow's last event"),
  double("new_destination_packets", "UBIGINT", D.newPacketsDown, "packets from the responder since the flow's last event"),
  double("new_destination_bytes", "UBIGINT", D.newBytesDown, "bytes from the responder since the flow's last event"),
  int("vlan_count", "UTINYINT", I.vlanCount, "number of VLAN tags"),
  int("vlan_id", "USMALLINT", I.vlanOuter, "outermost VLAN", (row) => row.vlanCount > 0),
  int("inner_vlan_id", "USMALLINT", I.vlanInner, "next VLAN", (row) => row.vlanCount > 1),
  int("tcp_flags", "USMALLINT", I.tcpFlags, "all TCP flags seen, as in the header", isTcp),
  word("tcp_state", TCP_STATES, I.tcpState, "how far the TCP connection came", isTcp),
  word("initiator_by", INITIATOR_BY, I.initiatorBy, "how the initiator is known"),
  word("closed_by", CLOSED_BY, I.closedBy, "what ended the flow"),
  icmp,
  double("rtt_micros", "DOUBLE", D.rttMicros, "handshake round-trip time from the tap toward the responder"),
  int("lost_snaplen", "UINTEGER", I.lostSnaplen, "packets cut by the snap length"),
  int("lost_gap", "UINTEGER", I.lostGap, "packets whose payload fell to a hole in the stream"),
  int("lost_orphan", "UINTEGER", I.lostOrphan, "later fragments without their first"),
  {
    name: "protocols",
    type: "VARCHAR[]",
    doc: "protocols recognised, outer first; where none was, what the transport is by itself (icmp, ospf, ipsec …)",
    read: (row) => row.batch.facts[row.int(R.facts) - 1]?.protocols || (transportProtocol(row.int(I.transport)) ?? ""),
  },
  { ...text("facts", "what dissectors learned, as JSON", (row) => row.batch.facts[row.int(R.facts) - 1]?.json ?? ""), isUnique: true },
  { ...number("direction", "UTINYINT", "outbound, inbound, internal or transit", (row) => row.int(R.direction)), words: DIRECTIONS },
  number("is_inside_initiator", "BOOLEAN", "the initiator is the inside end", (row) => (row.int(R.flags) & FLAG_INSIDE_INITIATOR ? 1 : 0)),
  number("is_established", "BOOLEAN", "both directions were seen", (row) => (row.int(R.flags) & FLAG_ESTABLISHED ? 1 : 0)),
  number("bytes_out", "UBIGINT", "bytes that left the site, of the whole flow so far", (row) => row.double(RD.bytesOut)),
  number("bytes_in", "UBIGINT", "bytes that came in, of the whole flow so far", (row) => row.double(RD.bytesIn)),
  number("new_bytes_out", "UBIGINT", "bytes that left the site since the flow's last event: the ones to sum", (row) =>
    row.double(RD.newBytesOut),
  ),
  number("new_bytes_in", "UBIGINT", "bytes that came in since the flow's last event", (row) => row.double(RD.newBytesIn)),
  text("zone", "zone of the inside end", (row) => row.batch.zones[row.int(R.zone) - 1] ?? ""),
  text("asset", "asset at the inside end", (row) => row.batch.assets[row.int(R.asset) - 1] ?? ""),
  text("party", "party at the outside end", (row) => row.batch.parties[row.int(R.party) - 1] ?? ""),
  {
    ...number("party_by", "UTINYINT", "how the party was recognised", (row) => ((row.int(R.flags) >>> PARTY_BY_SHIFT) & 255) - 1),
    words: PARTY_BY,
  },
  {
    name: "party_also",
    type: "VARCHAR[]",
    doc: "other parties that something else of the flow speaks for: who it is is not certain",
    read: (row) => row.batch.partiesAlso[row.int(R.partyAlso) - 1] ?? "",
  },
  text("name", "best name of the outside end", (row) => row.batch.names[row.int(R.name) - 1] ?? ""),
  {
    ...number("name_source", "UTINYINT", "how the name is known", (row) => ((row.int(R.flags) >>> NAME_SOURCE_SHIFT) & 255) - 1),
    words: NAME_SOURCES,
  },
  text(
    "proxied_to",
    "what the site's proxy, the responder, was asked for (host:port): name, place and party are the target's",
    (row) => row.batch.proxied[row.int(R.proxiedTo) - 1] ?? "",
  ),
  text(
    "forwarded_for",
    "the inside client for which the site's proxy, the initiator, opened the flow",
    (row) => row.batch.forwarded[row.int(R.forwardedFor) - 1] ?? "",
  ),
  text(
    "country",
    "most credible country of the outside end, ISO 3166-1 alpha-2",
    (row) => row.batch.locations[row.int(R.location) - 1]?.countries.slice(0, 2) ?? "",
  ),
  {
    name: "countries",
    type: "VARCHAR[]",
    doc: "all countries claimed, most credible first",
    read: (row) => row.batch.locations[row.int(R.location) - 1]?.countries ?? "",
  },
  located("location_verdict", "inside-list, outside-list, indeterminate or contradicted", "verdict"),
  located("location_list", "the jurisdiction list it was held against", "list"),
  number("confidence", "UTINYINT", "confidence in the verdict, 0 to 100", (row) =>
    Math.round(row.batch.locations[row.int(R.location) - 1]?.confidence ?? Number.NaN),
  ),
  number("asn", "UINTEGER", "number of the autonomous system", (row) => row.batch.locations[row.int(R.location) - 1]?.asn ?? Number.NaN),
  located("as_organization", "name of the autonomous system", "organization"),
  located("special", "entry of the IANA special-purpose registry", "special"),
  judged("judgement", "approved, authorised, violation, undecided or ignored", "word"),
  judged("rule", "the rule that decided", "rule"),
  judged("judgement_because", "why, in one sentence", "because"),
  judged("would_allow", "what would have allowed it", "wouldAllow"),
  text("policy_revision", "revision of the policy that judged", (row) => row.batch.policyRevision),
  text("database_builds", "builds of the databases at the time, as JSON", (row) => row.batch.builds),
];

/** Holds the flow record as it came, where the columns alone would not give it back bit for bit. */
export const RECORD_COLUMN: TextColumn = {
  name: "record",
  type: "BLOB",
  doc: "the flow record as it came, only where the columns cannot say it exactly",
  read: () => "",
};
