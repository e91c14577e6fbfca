import { defineDissector, found, malformed, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { takeAnswer } from "./http-answer.ts";
import { passBody } from "./http-body.ts";
import { headEnd, lineEnd, readHead } from "./http-head.ts";
import { takeRequest } from "./http-request.ts";
import { type HttpState, newHttpState } from "./http-state.ts";
import { readFrames } from "./http-websocket.ts";
import type { Stream } from "./stream.ts";

const METHODS = "GET POST PUT HEAD DELETE OPTIONS PATCH TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY"
  .split(" ")
  .map((text) => Buffer.from(`${text} `));
const ANSWER = Buffer.from("HTTP/1.");
const BEGINNINGS = [ANSWER, ...METHODS];
const OTHERS = ["SIP/", "RTSP/", "ICAP/"].map((text) => Buffer.from(text));
const SLASH = 0x2f;
const LONGEST_METHOD = 10;
/** Longest head that is waited for. */
const LONGEST_HEAD = 8192;

/**
 * HTTP/1 (RFC 9112): who is asked for, what with, and what is answered, in every message of a connection; bodies are passed
 * over. A CONNECT passes on to what runs inside (RFC 9110 §9.3.6); what a WebSocket carries (RFC 6455) is content.
 */
export const http = defineDissector<HttpState>({
  name: "http",
  transport: "tcp",
  ports: [80, 3128, 8000, 8080, 8888],
  firstBytes: { tcp: [...new Set(BEGINNINGS.map((word) => word[0]))] },
  begin: newHttpState,

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
    const body = state.bodies[stream.side];
    if (state.upgrade === "done") return found;
    if (state.upgrade === "http2") return passOn;
    for (;;) {
      if (state.frames !== undefined) return readFrames(stream, state.frames[stream.side]);
      if (body.form !== "none") {
        const verdict = passBody(stream, body);
        if (verdict !== found) return verdict ?? found;
      }
      while (stream.start < stream.end && (stream.bytes[stream.start] === 0x0d || stream.bytes[stream.start] === 0x0a)) stream.skip(1);
      if (stream.start >= stream.end) return needMore;
      const verdict = readMessage(stream, state);
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

/** Reads one message's head, and sets what is to be done with its body; a verdict when nothing, or somebody else, is to be read after that. */
function readMessage(stream: Stream, state: HttpState): Verdict | undefined {
  const { bytes, start, end } = stream;
  const isAnswer = end - start >= ANSWER.length && startsWith(bytes, start, ANSWER, ANSWER.length);
  if (state.tunnel === "open" && !isAnswer) return passOn;
  // Out of step, or inside a tunnel whose answer was not seen: nothing of this may be taken for a field.
  if (!couldBegin(bytes, start, end)) return state.tunnel === "none" ? found : passOn;
  const stop = isAnswer ? headEnd(bytes, start, Math.min(end, start + LONGEST_HEAD)) : requestEnd(bytes, start, end);
  const isWhole = stop >= 0;
  if (!isWhole && !stream.isCut && end - start < LONGEST_HEAD) return needMore;
  if (!readHead(bytes, start, isWhole ? stop : end)) return malformed("http_header");
  const verdict = isAnswer ? takeAnswer(stream, state) : takeRequest(stream, state);
  if (!isWhole) return found;
  stream.skip(stop - start);
  return verdict;
}

/** As `headEnd`; a request of HTTP/0.9 is one line without a version. */
function requestEnd(bytes: Buffer, start: number, end: number): number {
  const line = lineEnd(bytes, start, Math.min(end, start + LONGEST_HEAD));
  if (line < 0) return -1;
  let spaces = 0;
  for (let at = start; at < line; at += 1) if (bytes[at] === 0x20) spaces += 1;
  // Where the next request follows there is no use in looking for the end of fields.
  if (spaces === 1 && line + 1 < end && couldBegin(bytes, line + 1, end)) return line + 1;
  const stop = headEnd(bytes, start, Math.min(end, start + LONGEST_HEAD));
  return stop < 0 && spaces === 1 ? line + 1 : stop;
}

function couldBegin(bytes: Buffer, start: number, end: number): boolean {
  return BEGINNINGS.some((word) => startsWith(bytes, start, word, Math.min(word.length, end - start)));
}

function startsWith(bytes: Buffer, start: number, word: Buffer, length: number): boolean {
  for (let n = 0; n < length; n += 1) if (bytes[start + n] !== word[n]) return false;
  return length > 0;
}
