import { crc32 } from "node:zlib";
import type { Alert } from "../model/alert.ts";

/**
 * The alerts' file: JSON lines in groups. A group ends with a line that tells its number of lines, their CRC-32 and the
 * position up to which the input was applied; a group without such an end never happened. Every line holds values, not
 * differences, so the last one wins and a group lost in the middle harms nothing after it.
 */
export const JOURNAL_HEADER = '{"journal":"bordertap-alerts","version":1}\n';

/** The whole alert. */
export interface AlertLine {
  alert: Alert;
  key: string;
  assets: string[];
  acted: number;
}

/** What grows while the traffic goes on. */
export interface GrowthLine {
  grow: string;
  revision: number;
  bytesOut: number;
  bytesIn: number;
  flowCount: number;
  findingCount: number;
  firstMicros: number;
  lastMicros: number;
}

export interface DropLine {
  drop: string;
}

export type JournalLine = AlertLine | GrowthLine | DropLine;

const COMMIT_START = Buffer.from('{"commit":');
const NEWLINE = 10;

/** A group as it is appended. `lines` are JSON texts without line ends. */
export function encodeGroup(lines: readonly string[], position: string | undefined): Buffer {
  const body = Buffer.from(lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  const end = position === undefined ? "" : `,"position":${JSON.stringify(position)}`;
  const crc = crc32(end, crc32(body));
  return Buffer.concat([body, Buffer.from(`{"commit":${lines.length},"crc":${crc}${end}}\n`)]);
}

export interface StoredAlert {
  alert: Alert;
  key: string;
  assets: string[];
  acted: number;
}

export interface Recovered {
  alerts: Map<string, StoredAlert>;
  position: string | undefined;
  /** Where the last whole group ends: what follows is the torn end of a write and is to be cut off. */
  goodBytes: number;
  /** Groups whose checksum or text is wrong: what they said is lost. */
  badGroups: number;
}

/** Reads a journal; undefined when the bytes are none of this version. */
export function decodeJournal(bytes: Buffer): Recovered | undefined {
  const header = Buffer.from(JOURNAL_HEADER);
  if (bytes.length < header.length) {
    // Cut within its first line: it had nothing to tell yet.
    return header.subarray(0, bytes.length).equals(bytes)
      ? { alerts: new Map(), position: undefined, goodBytes: 0, badGroups: 0 }
      : undefined;
  }
  if (!bytes.subarray(0, header.length).equals(header)) return undefined;
  const out: Recovered = { alerts: new Map(), position: undefined, goodBytes: header.length, badGroups: 0 };
  let groupStart = header.length;
  let lineStart = header.length;
  for (let end = bytes.indexOf(NEWLINE, lineStart); end >= 0; end = bytes.indexOf(NEWLINE, lineStart)) {
    const line = bytes.subarray(lineStart, end);
    if (line.subarray(0, COMMIT_START.length).equals(COMMIT_START)) {
      if (!applyGroup(out, bytes.subarray(groupStart, lineStart), line)) out.badGroups += 1;
      groupStart = end + 1;
      out.goodBytes = groupStart;
    }
    lineStart = end + 1;
  }
  return out;
}

function applyGroup(out: Recovered, body: Buffer, commitLine: Buffer): boolean {
  const commit = parsed<{ commit: number; crc: number; position?: string }>(commitLine.toString());
  if (commit === undefined) return false;
  const end = commit.position === undefined ? "" : `,"position":${JSON.stringify(commit.position)}`;
  if (crc32(end, crc32(body)) !== commit.crc) return false;
  const lines = body.length === 0 ? [] : body.toString().trimEnd().split("\n");
  if (lines.length !== commit.commit) return false;
  for (const text of lines) {
    const line = parsed<JournalLine>(text);
    if (line !== undefined) applyLine(out.alerts, line);
  }
  if (commit.position !== undefined) out.position = commit.position;
  return true;
}

function applyLine(alerts: Map<string, StoredAlert>, line: JournalLine): void {
  if ("drop" in line) alerts.delete(line.drop);
  else if ("alert" in line) alerts.set(line.alert.id, { alert: line.alert, key: line.key, assets: line.assets, acted: line.acted });
  else {
    const stored = alerts.get(line.grow);
    if (stored === undefined) return;
    const { grow: _, ...counters } = line;
    Object.assign(stored.alert, counters);
  }
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    // A line that is no JSON tells nothing: the caller counts it as a bad group, or leaves it out.
    return undefined;
  }
}
