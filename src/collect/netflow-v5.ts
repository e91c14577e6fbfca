import type { ExportMessage } from "./export-message.ts";
import { type ExportedFlow, readV4 } from "./exported-flow.ts";
import type { Exporter } from "./exporter.ts";
import { takeIcmp } from "./flow-of-record.ts";
import type { ExportProtocol } from "./protocol.ts";

const HEADER_BYTES = 24;
const RECORD_BYTES = { 5: 48, 7: 52 } as const;
const ICMP = 1;
const TCP = 6;
const RATE_BITS = 0x3fff;

/** Record i of the two versions is alike in all that is read here ("NetFlow Export Datagram Formats", Cisco, tables B-4 and B-6). */
function readRecord(view: DataView, at: number, flow: ExportedFlow): void {
  flow.clear();
  readV4(flow.source, view, at);
  readV4(flow.destination, view, at + 4);
  flow.ingress = view.getUint16(at + 12);
  flow.egress = view.getUint16(at + 14);
  flow.packetsUp = view.getUint32(at + 16);
  flow.bytesUp = view.getUint32(at + 20);
  flow.transport = view.getUint8(at + 38);
  if (flow.transport === ICMP) takeIcmp(flow, view.getUint16(at + 34));
  else {
    flow.sourcePort = view.getUint16(at + 32);
    flow.destinationPort = view.getUint16(at + 34);
  }
  flow.tcpFlags = flow.transport === TCP ? view.getUint8(at + 37) : 0;
}

function readRecords(message: ExportMessage, exporter: Exporter, recordBytes: number, emit: () => void, flow: ExportedFlow): void {
  const { view, start, end } = message;
  const uptimeMs = view.getUint32(start + 4);
  const exportMicros = view.getUint32(start + 8) * 1e6 + view.getUint32(start + 12) / 1000;
  const sampling = exporter.kind === "netflow5" ? view.getUint16(start + 22) & RATE_BITS : 0;
  for (let at = start + HEADER_BYTES; at + recordBytes <= end; at += recordBytes) {
    readRecord(view, at, flow);
    flow.startMicros = momentOf(view.getUint32(at + 24), uptimeMs, exportMicros);
    flow.endMicros = momentOf(view.getUint32(at + 28), uptimeMs, exportMicros);
    if (sampling > 0) flow.samplingRate = sampling;
    emit();
  }
}

/** The moment of an uptime; both count milliseconds and wrap after 49.7 days, their difference does not care. */
function momentOf(ms: number, uptimeMs: number, exportMicros: number): number {
  return exportMicros - ((uptimeMs - ms) | 0) * 1000;
}

function versionOf({ view, start, end }: ExportMessage): 5 | 7 | undefined {
  const version = end - start >= HEADER_BYTES ? view.getUint16(start) : 0;
  return version === 5 || version === 7 ? version : undefined;
}

/** NetFlow versions 5 and 7 (Catalyst): fixed records of IPv4 flows. */
export const netflowV5: ExportProtocol = {
  name: "netflow-v5",
  matches: (message) => versionOf(message) !== undefined,
  read(message, context) {
    const version = versionOf(message) ?? 5;
    const { view, start, arrivalMicros } = message;
    const recordBytes = RECORD_BYTES[version];
    const count = view.getUint16(start + 2);
    const there = Math.floor((message.end - start - HEADER_BYTES) / recordBytes);
    // One of the two lies, and nothing says that it is not the rest of the header too.
    if (count > there) {
      context.malformed();
      return;
    }
    const engine = version === 5 ? view.getUint16(start + 20) : 0;
    const exporter = context.exporterOf(message, version === 5 ? "netflow5" : "netflow7", engine);
    if (exporter === undefined) return;
    exporter.spoke(arrivalMicros, view.getUint32(start + 8) * 1e6);
    context.lost(exporter.sequence.saw(view.getUint32(start + 16), count));
    // What comes after the records that were announced is padding, or worse.
    message.end = start + HEADER_BYTES + count * recordBytes;
    readRecords(message, exporter, recordBytes, () => context.emit(exporter, arrivalMicros), context.flow);
  },
};
