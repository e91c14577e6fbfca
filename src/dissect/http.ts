import { defineDissector, found, malformed, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const METHODS = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ", "PROPFIND "].map((text) =>
  Buffer.from(text),
);
const ANSWER = Buffer.from("HTTP/1.");
const BEGINNINGS = [ANSWER, ...METHODS];
const CONNECT = METHODS[8];
const HOST = Buffer.from("host:");
const LONGEST_METHOD = 9;
/** Longest header that is waited for. */
const LONGEST_HEADER = 8192;

interface HttpState {
  isTunnel: boolean;
}

/** HTTP/1: the host that the first request asks for (RFC 9112 §3.2); a CONNECT passes on to what runs inside (RFC 9110 §9.3.6). */
export const http = defineDissector<HttpState>({
  name: "http",
  transport: "tcp",
  ports: [80, 3128, 8000, 8080, 8888],
  firstBytes: { tcp: [...new Set([...METHODS, ANSWER].map((word) => word[0]))] },
  begin: () => ({ isTunnel: false }),

  recognise({ bytes, start, end, isCut }) {
    let isPossible = false;
    for (const word of BEGINNINGS) {
      const n = Math.min(word.length, end - start);
      if (!startsWith(bytes, start, word, n)) continue;
      if (n === word.length) return found;
      isPossible = true;
    }
    return isPossible && !isCut && end - start < LONGEST_METHOD ? needMore : notMine;
  },

  read(stream, state) {
    const { bytes, start, end } = stream;
    const isAnswer = bytes[start] === ANSWER[0] && bytes[start + 1] === ANSWER[1] && startsWith(bytes, start, ANSWER, ANSWER.length);
    const stop = headerEnd(bytes, start, Math.min(end, start + LONGEST_HEADER));
    if (stop < 0 && !stream.isCut && end - start < LONGEST_HEADER) {
      // A long header comes in several packets; its host is mostly in the first.
      if (isAnswer && !state.isTunnel) return answered(stream);
      return needMore;
    }
    if (isAnswer) {
      answered(stream);
      if (!state.isTunnel || stop < 0) return found;
      stream.skip(stop - start);
      return passOn;
    }
    stream.senderAsks();
    const isGood = takeHost(stream, stop < 0 ? end : stop);
    stream.report();
    if (!isGood) return malformed("http_header");
    if (stop < 0 || !startsWith(bytes, start, CONNECT, CONNECT.length)) return found;
    state.isTunnel = true;
    stream.skip(stop - start);
    return passOn;
  },
});

function answered(stream: Stream): Verdict {
  stream.senderAnswers();
  return found;
}

/** Names the flow by its Host field; false when the request line is none. */
function takeHost(stream: Stream, end: number): boolean {
  const { bytes, start } = stream;
  let line = lineEnd(bytes, start, end);
  if (line < 0) return stream.isCut;
  while (line + 1 < end) {
    const from = line + 1;
    line = lineEnd(bytes, from, end);
    if (line < 0) return true;
    if (!startsWithIgnoringCase(bytes, from, HOST, line)) continue;
    let first = from + HOST.length;
    while (first < line && (bytes[first] === 0x20 || bytes[first] === 0x09)) first += 1;
    let last = line;
    while (last > first && (bytes[last - 1] === 0x0d || bytes[last - 1] === 0x20)) last -= 1;
    const name = withoutPort(nameText(bytes, first, last));
    if (name !== "") stream.facts.names = [{ name, source: "host" }];
    return true;
  }
  return true;
}

function withoutPort(host: string): string {
  if (host.startsWith("[")) return host.slice(1, host.indexOf("]") < 0 ? undefined : host.indexOf("]"));
  const colon = host.lastIndexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
}

/** Position after the empty line; -1 when it is not here. */
function headerEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = lineEnd(bytes, start, end); at >= 0 && at + 1 < end; at = lineEnd(bytes, at + 1, end)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && at + 2 < end && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

/** Position of the next line feed; -1. (`indexOf` would search the rest of a block of packets.) */
function lineEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === 0x0a) return at;
  return -1;
}

function startsWith(bytes: Buffer, start: number, word: Buffer, length: number): boolean {
  for (let n = 0; n < length; n += 1) if (bytes[start + n] !== word[n]) return false;
  return length > 0;
}

function startsWithIgnoringCase(bytes: Buffer, start: number, word: Buffer, end: number): boolean {
  if (start + word.length > end) return false;
  for (let n = 0; n < word.length; n += 1) if ((bytes[start + n] | 0x20) !== (word[n] | 0x20)) return false;
  return true;
}
