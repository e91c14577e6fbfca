import { type HttpFacts, MAX_VALUES } from "../model/facts.ts";
import { defineDissector, found, malformed, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { type ChunkState, skipChunks } from "./http-chunks.ts";
import { head, headEnd, isWord, lineEnd, readHead, type Span } from "./http-head.ts";
import type { Stream } from "./stream.ts";
import { nameText, wireText } from "./text.ts";

const METHODS = "GET POST PUT HEAD DELETE OPTIONS PATCH TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY"
  .split(" ")
  .map((text) => Buffer.from(`${text} `));
const ANSWER = Buffer.from("HTTP/1.");
const BEGINNINGS = [ANSWER, ...METHODS];
const CONNECT = Buffer.from("connect");
const HEAD = Buffer.from("head");
const WEBSOCKET = Buffer.from("websocket");
const H2C = Buffer.from("h2c");
const OTHERS = ["SIP/", "RTSP/", "ICAP/"].map((text) => Buffer.from(text));
const SLASH = 0x2f;
const LONGEST_METHOD = 10;
/** Longest head that is waited for. */
const LONGEST_HEAD = 8192;
/** Requests that wait for their answers, as far as answers are told apart. */
const MAX_PENDING = 64;

/** What an answer means depends on what was asked (RFC 9112 §6.3). */
type Asked = "head" | "connect" | "other";

interface HttpSide {
  chunks: ChunkState;
}

interface HttpState {
  sides: [HttpSide, HttpSide];
  /** Requests without an answer yet, oldest first. */
  pending: Asked[];
  /** After a CONNECT: its answer is awaited, or let it through; an upgrade was asked for, or done. */
  tunnel: "none" | "asked" | "open";
  upgrade: "none" | "asked" | "done";
}

/**
 * HTTP/1 (RFC 9112): who is asked for, what with, and what is answered, in every message of a connection; bodies are passed
 * over. A CONNECT passes on to what runs inside (RFC 9110 §9.3.6); a WebSocket is told, not read (RFC 6455 §4).
 */
export const http = defineDissector<HttpState>({
  name: "http",
  transport: "tcp",
  ports: [80, 3128, 8000, 8080, 8888],
  firstBytes: { tcp: [...new Set(BEGINNINGS.map((word) => word[0]))] },
  begin: () => ({ sides: [{ chunks: "none" }, { chunks: "none" }], pending: [], tunnel: "none", upgrade: "none" }),

  recognise({ bytes, start, end, isCut }) {
    let isPossible = false;
    for (const word of BEGINNINGS) {
      const n = Math.min(word.length, end - start);
      if (!startsWith(bytes, start, word, n)) continue;
      if (n === word.length) return word === ANSWER ? found : recogniseTarget(bytes, start + n, end, isCut);
      isPossible = true;
    }
    return isPossible && !isCut && end - start < LONGEST_METHOD ? needMore : notMine;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    if (state.upgrade === "done") return found;
    for (;;) {
      if (side.chunks !== "none") {
        const verdict = skipChunks(stream, side);
        if (verdict !== found) return verdict ?? found;
      }
      while (stream.start < stream.end && (stream.bytes[stream.start] === 0x0d || stream.bytes[stream.start] === 0x0a)) stream.skip(1);
      if (stream.start >= stream.end) return needMore;
      const verdict = readMessage(stream, state, side);
      if (verdict !== undefined) return verdict;
    }
  },
});

/** SIP, RTSP and ICAP have methods of the same names: their targets or versions tell them. */
function recogniseTarget(bytes: Buffer, start: number, end: number, isCut: boolean): Verdict {
  if (start < end && bytes[start] === SLASH) return found;
  const line = lineEnd(bytes, start, Math.min(end, start + 512));
  if (line < 0) return isCut || end - start >= 512 ? found : needMore;
  for (let at = line; at > start; at -= 1) {
    if (bytes[at] !== 0x20) continue;
    for (const word of OTHERS) if (startsWith(bytes, at + 1, word, Math.min(word.length, line - at - 1))) return notMine;
    break;
  }
  return found;
}

/** Reads one message's head and passes over its body; a verdict when nothing, or somebody else, is to be read after that. */
function readMessage(stream: Stream, state: HttpState, side: HttpSide): Verdict | undefined {
  const { bytes, start, end } = stream;
  const isAnswer = end - start >= ANSWER.length && startsWith(bytes, start, ANSWER, ANSWER.length);
  if (state.tunnel === "open" && !isAnswer) return passOn;
  // Out of step, or inside a tunnel whose answer was not seen: nothing of this may be taken for a field.
  if (!couldBegin(bytes, start, end)) return state.tunnel === "none" ? found : passOn;
  const stop = isAnswer ? headEnd(bytes, start, Math.min(end, start + LONGEST_HEAD)) : requestEnd(bytes, start, end);
  const isWhole = stop >= 0;
  if (!isWhole && !stream.isCut && end - start < LONGEST_HEAD) {
    // A long head comes in several packets; who asks is clear from the first.
    if (!isAnswer || stream.isDetailed || state.tunnel !== "none" || state.upgrade !== "none") return needMore;
    stream.senderAnswers();
    return found;
  }
  if (!readHead(bytes, start, isWhole ? stop : end)) return malformed("http_header");
  const verdict = isAnswer ? takeAnswer(stream, state, side) : takeRequest(stream, state, side);
  if (!isWhole) return found;
  stream.skip(stop - start + (side.chunks === "none" ? Math.max(0, head.contentLength) : 0));
  return verdict;
}

/** As `headEnd`; a request of HTTP/0.9 is one line without a version. */
function requestEnd(bytes: Buffer, start: number, end: number): number {
  const stop = headEnd(bytes, start, Math.min(end, start + LONGEST_HEAD));
  if (stop >= 0) return stop;
  const line = lineEnd(bytes, start, Math.min(end, start + LONGEST_HEAD));
  if (line < 0) return -1;
  let spaces = 0;
  for (let at = start; at < line; at += 1) if (bytes[at] === 0x20) spaces += 1;
  return spaces === 1 ? line + 1 : -1;
}

function couldBegin(bytes: Buffer, start: number, end: number): boolean {
  return BEGINNINGS.some((word) => startsWith(bytes, start, word, Math.min(word.length, end - start)));
}

/** Whatever the fields of the message in `head` say, no body follows. */
function hasNoBody(): void {
  head.contentLength = 0;
  head.isChunked = false;
}

function takeRequest(stream: Stream, state: HttpState, side: HttpSide): Verdict | undefined {
  const { bytes } = stream;
  const { method, target } = head;
  stream.senderAsks();
  const isConnect = isWord(bytes, method.start, method.end, CONNECT);
  if (isConnect && head.host.end === 0) Object.assign(head.host, target);
  describeRequest(stream);
  if (isConnect) hasNoBody();
  if (head.isChunked) side.chunks = "chunk";
  if (state.pending.length < MAX_PENDING)
    state.pending.push(isConnect ? "connect" : isWord(bytes, method.start, method.end, HEAD) ? "head" : "other");
  if (isConnect) {
    state.tunnel = "asked";
    return undefined;
  }
  if (state.tunnel === "asked") state.tunnel = "none";
  if (head.upgrade.end !== 0) state.upgrade = "asked";
  return stream.isDetailed || state.upgrade === "asked" ? undefined : found;
}

function takeAnswer(stream: Stream, state: HttpState, side: HttpSide): Verdict | undefined {
  const { status, upgrade, contentType } = head;
  const { bytes } = stream;
  stream.senderAnswers();
  if (status < 200 || status === 204 || status === 304) hasNoBody();
  if (status < 200 && status !== 101) return undefined;
  const asked = state.pending.shift() ?? "other";
  if (stream.isDetailed) {
    const facts = httpFacts(stream);
    addStatus(stream, (facts.statusCodes ??= []), status);
    if (contentType.end !== 0) stream.add((facts.contentTypes ??= []), nameText(bytes, contentType.start, contentType.end));
  }
  if (status === 101) {
    state.upgrade = "done";
    if (isWord(bytes, upgrade.start, upgrade.end, WEBSOCKET)) stream.add(stream.facts.protocols, "websocket");
    else if (isWord(bytes, upgrade.start, upgrade.end, H2C)) stream.add(stream.facts.protocols, "http2");
    stream.report();
    return found;
  }
  if (asked === "connect" && status < 300) {
    state.tunnel = "open";
    hasNoBody();
    return passOn;
  }
  if (asked === "connect") state.tunnel = "none";
  if (asked === "head") hasNoBody();
  if (state.upgrade === "asked") state.upgrade = "none";
  if (!stream.isDetailed && state.tunnel === "none") return found;
  if (head.isChunked) side.chunks = "chunk";
  // Its body goes on until the connection ends.
  return head.isChunked || head.contentLength >= 0 ? undefined : found;
}

/** Names the flow by the first host asked for. */
function describeRequest(stream: Stream): void {
  const { bytes } = stream;
  const { host, method, userAgent, contentType } = head;
  const hostText = host.end === 0 ? "" : nameText(bytes, host.start, host.end);
  const name = withoutPort(hostText);
  if (stream.facts.names === undefined && name !== "") stream.facts.names = [{ name, source: "host" }];
  if (!stream.isDetailed) {
    stream.report();
    return;
  }
  const facts = httpFacts(stream);
  const isNews = facts.methods === undefined || (hostText !== "" && facts.hosts?.includes(hostText) !== true);
  if (hostText !== "") stream.add((facts.hosts ??= []), hostText);
  stream.add((facts.methods ??= []), textOf(bytes, method));
  if (userAgent.end !== 0) stream.add((facts.userAgents ??= []), textOf(bytes, userAgent));
  if (contentType.end !== 0) stream.add((facts.contentTypes ??= []), nameText(bytes, contentType.start, contentType.end));
  if (isNews) stream.report();
}

function httpFacts(stream: Stream): HttpFacts {
  const { facts } = stream;
  facts.http ??= {};
  return facts.http;
}

function addStatus(stream: Stream, codes: number[], status: number): void {
  if (codes.includes(status)) return;
  if (codes.length < MAX_VALUES) codes.push(status);
  else stream.dropFact();
}

function textOf(bytes: Buffer, { start, end }: Span): string {
  return wireText(bytes, start, end);
}

function withoutPort(host: string): string {
  if (host.startsWith("[")) return host.slice(1, host.indexOf("]") < 0 ? undefined : host.indexOf("]"));
  const colon = host.lastIndexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
}

function startsWith(bytes: Buffer, start: number, word: Buffer, length: number): boolean {
  for (let n = 0; n < length; n += 1) if (bytes[start + n] !== word[n]) return false;
  return length > 0;
}
