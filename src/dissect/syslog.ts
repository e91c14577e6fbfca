import { defineDissector, found, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { mayBeSyslog, messageAt, NONE, PARTIAL } from "./syslog-message.ts";

const LESS = 0x3c;
const LINE_FEED = 0x0a;
const PORTS = [514, 601];
const DIGITS = Array.from({ length: 9 }, (_, n) => 0x31 + n);
/** Between two messages: who frames by line feeds ends with other controls too (RFC 6587 §3.4.2). */
const LAST_CONTROL = 0x20;
/** Bytes of a message, and messages of a side, in which an audit message is looked for. */
const HEAD_BYTES = 512;
const MAX_LOOKS = 16;
/** MSGID of an audit message (IHE ITI-20 §3.20.4.1.2.1), and how its body begins (RFC 3881 §6, DICOM PS3.15 §A.5). */
const AUDIT = /\bIHE\+(?:RFC-3881|DICOM)\b|<AuditMessage[\s>]/;

interface SyslogSide {
  /** Bytes left of a message whose length was told. */
  left: number;
  isInLine: boolean;
  messages: number;
}

interface SyslogState {
  sides: [SyslogSide, SyslogSide];
  isAudit: boolean;
}

const newSide = (): SyslogSide => ({ left: 0, isInLine: false, messages: 0 });

/**
 * Syslog (RFC 5424, RFC 3164) over UDP (RFC 5426), and over TCP with the length before each message or a line feed after it
 * (RFC 6587 §3.4). Messages are content. Audit messages of health care (IHE ITI-20, ATNA) have a word of their own.
 */
export const syslog = defineDissector<SyslogState>({
  name: "syslog",
  transport: "both",
  ports: PORTS,
  firstBytes: { udp: [LESS], tcp: [LESS, ...DIGITS] },
  begin: () => ({ sides: [newSide(), newSide()], isAudit: false }),

  recognise(stream) {
    const said = mayBeSyslog(
      stream,
      PORTS.some((port) => stream.isOnPort(port)),
    );
    return said === PARTIAL ? (stream.isCut || stream.isDatagram ? notMine : needMore) : said === NONE ? notMine : found;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    if (side.messages === 0) {
      stream.senderAsks();
      stream.report();
    }
    return stream.isDatagram ? readDatagram(stream, state, side) : readStream(stream, state, side);
  },
});

function readDatagram(stream: Stream, state: SyslogState, side: SyslogSide): Verdict {
  const { start, end } = stream;
  if (stream.bytes[start] !== LESS) return notMine;
  look(stream, state, side, end);
  stream.beginContent("plain");
  stream.offer(start, end);
  stream.endContent();
  return stream.wantsContent ? needMore : found;
}

function readStream(stream: Stream, state: SyslogState, side: SyslogSide): Verdict {
  for (;;) {
    if (side.left > 0) {
      side.left = stream.passOver(side.left);
      if (side.left > 0) return needMore;
    }
    if (side.isInLine && !passLine(stream, side)) return needMore;
    while (stream.length > 0 && stream.bytes[stream.start] < LAST_CONTROL) stream.skip(1);
    if (side.messages > 0 && !stream.wantsContent) return found;
    if (stream.length <= 0) return needMore;
    const verdict = beginMessage(stream, state, side);
    if (verdict !== found) return verdict === needMore ? needMore : found;
  }
}

/** `found`: a message begins here. */
function beginMessage(stream: Stream, state: SyslogState, side: SyslogSide): Verdict {
  const { bytes, start, end, isCut } = stream;
  const { kind, body, length } = messageAt(bytes, start, end);
  if (kind === NONE) return notMine;
  if (kind === PARTIAL) return isCut ? notMine : needMore;
  if (!state.isAudit && side.messages < MAX_LOOKS && !isCut) {
    const wanted = length > 0 ? Math.min(length, HEAD_BYTES) : HEAD_BYTES;
    if (end - body < wanted && (length > 0 || feedAt(bytes, body, end) < 0)) return needMore;
  }
  stream.skip(body - start);
  look(stream, state, side, length > 0 ? Math.min(end, body + length) : lineStop(bytes, body, end));
  stream.beginContent("plain");
  side.left = length;
  side.isInLine = length === 0;
  return found;
}

/** Passes over what is here of a line; false when it goes on. */
function passLine(stream: Stream, side: SyslogSide): boolean {
  const { bytes, start, end } = stream;
  const stop = lineStop(bytes, start, end);
  stream.offer(start, stop);
  stream.skip(stop - start);
  if (stop === end && (end === start || bytes[end - 1] !== LINE_FEED)) return false;
  side.isInLine = false;
  stream.endContent();
  return true;
}

/** Counts the message that begins at `stream.start`, and says so when it is an audit message. */
function look(stream: Stream, state: SyslogState, side: SyslogSide, end: number): void {
  side.messages += 1;
  if (state.isAudit || side.messages > MAX_LOOKS) return;
  const { bytes, start } = stream;
  if (!AUDIT.test(bytes.toString("latin1", start, Math.min(end, start + HEAD_BYTES)))) return;
  state.isAudit = true;
  stream.add(stream.facts.protocols, "atna");
  stream.report();
}

function feedAt(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === LINE_FEED) return at;
  return -1;
}

/** Position after the line feed, or `end`. */
function lineStop(bytes: Buffer, start: number, end: number): number {
  const feed = feedAt(bytes, start, end);
  return feed < 0 ? end : feed + 1;
}
