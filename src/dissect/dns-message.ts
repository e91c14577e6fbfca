import type { DnsQuestion } from "../model/facts.ts";
import { found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { readAnswers, resolutionOf } from "./dns-answers.ts";
import { nameEnd, nameHash, readName, skipName } from "./dns-names.ts";
import { type DnsState, findQuery, type Query, questionOf, remember } from "./dns-state.ts";
import { responseCodeName, typeName } from "./dns-words.ts";
import { netbiosName } from "./nbns-names.ts";
import type { Stream } from "./stream.ts";

export const HEADER_BYTES = 12;
const MAX_QUESTIONS = 16;
/** Operation code and its place in the flags (RFC 1035 §4.1.1). */
const OPERATION = 0x7800;
const INVERSE_QUERY = 0x0800;
const TXT = 16;
const OPT = 41;
/** Records that are passed over on the way to it. */
const MAX_SKIPPED = 64;
/** How a DNSCrypt client asks for its resolver's certificate, before it says anything that cannot be read (DNSCrypt version 2 protocol, "Certificates"). */
const DNSCRYPT_CERTIFICATE = "2.dnscrypt-cert.";

/**
 * True when the bytes are surely a message by their structure (RFC 1035 §4.1): for use where no port speaks for it. Everything
 * in the header must be ordinary, the question must parse and a query must end where the message ends.
 */
export function looksLikeDns(bytes: Buffer, start: number, end: number, isCut: boolean): boolean {
  if (!hasDnsHeader(bytes, start, end)) return false;
  const flags = u16(bytes, start + 2);
  const answers = u16(bytes, start + 6);
  const isAnswer = flags >= 0x8000;
  if ((flags & 0x7840) !== 0 || u16(bytes, start + 4) !== 1) return false;
  if (!isAnswer && ((flags & 0x000f) !== 0 || answers !== 0 || u16(bytes, start + 8) !== 0 || u16(bytes, start + 10) > 2)) return false;
  const after = skipName(bytes, start + HEADER_BYTES, end);
  if (after < 0 || after + 4 > end) return false;
  const dnsClass = u16(bytes, after + 2);
  if (dnsClass !== 1 && dnsClass !== 3 && dnsClass !== 255) return false;
  const rest = end - after - 4;
  if (isCut) return true;
  return isAnswer ? rest >= answers * 11 : u16(bytes, start + 10) === 0 ? rest === 0 : rest >= 11;
}

function u16(bytes: Buffer, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** A header whose numbers fit the message: enough on a port where DNS is expected. */
export function hasDnsHeader(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES) return false;
  const questions = u16(bytes, start + 4);
  const records = u16(bytes, start + 6) + u16(bytes, start + 8) + u16(bytes, start + 10);
  return questions <= MAX_QUESTIONS && questions + records > 0 && questions + records <= 4096;
}

/** As `hasDnsHeader`, and its first name must be one. */
export function couldBeDns(bytes: Buffer, start: number, end: number, isCut: boolean): boolean {
  if (!hasDnsHeader(bytes, start, end)) return false;
  const after = skipName(bytes, start + HEADER_BYTES, end);
  return after < 0 ? isCut : after + 4 <= end || isCut;
}

/** Reads the message in bytes[start, end) into the flow's facts. */
export function readMessage(stream: Stream, state: DnsState, start: number, end: number, isCut: boolean): Verdict {
  const { bytes } = stream;
  if (!hasDnsHeader(bytes, start, end)) return isCut && end - start < HEADER_BYTES ? needMore : malformed("dns_header");
  const id = u16(bytes, start);
  const isAnswer = bytes[start + 2] >= 0x80;
  const questions = u16(bytes, start + 4);
  const isMulticast = state.kind === "mdns";
  if (!isMulticast) {
    if (isAnswer) stream.senderAnswers();
    else stream.senderAsks();
  }
  let at = start + HEADER_BYTES;
  let askedName: string | undefined;
  let question: DnsQuestion | undefined;
  let query: Query | undefined;
  for (let n = 0; n < questions; n += 1) {
    const name = readName(bytes, start, at, end);
    if (name === undefined || nameEnd + 4 > end) return isCut ? needMore : malformed("dns_name");
    const type = u16(bytes, nameEnd);
    at = nameEnd + 4;
    const asked = questionOf(stream, state, shownName(state, name), typeName(type, state.kind === "nbns"));
    if (type === TXT && name.startsWith(DNSCRYPT_CERTIFICATE)) stream.add(stream.facts.protocols, "dnscrypt");
    if (n > 0) continue;
    askedName = name;
    question = asked;
    if (!isAnswer) remember(state, id, name, nameHash, type, stream.side);
    else query = findQuery(state, id, name, nameHash, type, stream.side);
  }
  if (!isAnswer) {
    if (questions === 0 && (u16(bytes, start + 2) & OPERATION) === INVERSE_QUERY) readInverse(stream, state, start, end);
    return needMore;
  }
  if (question && stream.isDetailed)
    question.responseCode = responseCodeName((bytes[start + 3] & 15) | extendedCode(bytes, start, at, end));
  if (askedName !== undefined && !query && state.kind === "dns") stream.lose("dns_unasked");
  const answers = u16(bytes, start + 6);
  if (answers === 0) {
    if (query) query.isAnswered = true;
    return needMore;
  }
  const isGood = readAnswers(stream, state, askedName, question, start, at, end, answers);
  if (query && !query.isAnswered) {
    query.isAnswered = true;
    const resolution = resolutionOf(query.name, stream.timeMicros);
    if (resolution && state.kind !== "nbns") stream.resolve(resolution);
  }
  return isGood || isCut ? needMore : malformed("dns_record");
}

/** An inverse query says what it is about in a record of its own (RFC 1035 §6.4.1; obsolete by RFC 3425, but a name that goes out all the same). */
function readInverse(stream: Stream, state: DnsState, start: number, end: number): void {
  const { bytes } = stream;
  const name = readName(bytes, start, start + HEADER_BYTES, end);
  if (name === undefined || name === "" || nameEnd + 2 > end) return;
  questionOf(stream, state, shownName(state, name), typeName(u16(bytes, nameEnd), state.kind === "nbns"));
}

/** The high bits of the response code (RFC 6891 §6.1.3), in place: of the OPT record, which stands at the root among the additional ones. */
function extendedCode(bytes: Buffer, start: number, records: number, end: number): number {
  if (u16(bytes, start + 10) === 0) return 0;
  const count = Math.min(MAX_SKIPPED, u16(bytes, start + 6) + u16(bytes, start + 8) + u16(bytes, start + 10));
  let at = records;
  for (let n = 0; n < count; n += 1) {
    const after = bytes[at] === 0 ? at + 1 : skipName(bytes, at, end);
    if (after < 0 || after + 10 > end) return 0;
    if (bytes[at] === 0 && u16(bytes, after) === OPT) return bytes[after + 4] << 4;
    at = after + 10 + u16(bytes, after + 8);
    if (at >= end) return 0;
  }
  return 0;
}

function shownName({ kind }: DnsState, name: string): string {
  return kind === "nbns" ? netbiosName(name) : name;
}

/** A verdict for datagrams: mine if the test says so. */
export function foundIf(isMine: boolean): Verdict {
  return isMine ? found : notMine;
}
