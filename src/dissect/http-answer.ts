import { takeDicomWebAnswer } from "./dicom-web.ts";
import { found, passOn, type Verdict } from "./dissector.ts";
import { takeFhirAnswer } from "./fhir.ts";
import { beginBody, beginEndlessBody } from "./http-content.ts";
import { head, isWord } from "./http-head.ts";
import { addStatus, beginFrames, type HttpState, httpFacts, textOf } from "./http-state.ts";
import { takeSoapAnswer } from "./ihe-soap.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const WEBSOCKET = Buffer.from("websocket");
const H2C = Buffer.from("h2c");

/** Takes the answer in `head`; a verdict when nothing more of this direction, or somebody else's, is to be read. */
export function takeAnswer(stream: Stream, state: HttpState): Verdict | undefined {
  const { status } = head;
  stream.senderAnswers();
  if (status < 200 && status !== 101) return undefined;
  const asked = state.pending.shift() ?? "other";
  if (stream.isTold()) describe(stream, state);
  if (status === 101) return upgrade(stream, state);
  if (asked === "connect" && status < 300) {
    state.tunnel = "open";
    return passOn;
  }
  if (asked === "connect") state.tunnel = "none";
  if (state.upgrade === "asked") state.upgrade = "none";
  if (asked === "head" || status === 204 || status === 304) return undefined;
  const body = state.bodies[stream.side];
  if (head.isChunked || head.contentLength >= 0) beginBody(stream, body);
  else if (!beginEndlessBody(stream, body)) return found;
  return undefined;
}

function describe(stream: Stream, state: HttpState): void {
  const { bytes } = stream;
  const { status, contentType, wholeType } = head;
  if (wholeType.end !== 0) takeFhirAnswer(stream, textOf(bytes, wholeType));
  takeSoapAnswer(stream, wholeType);
  if (state.isDicom) takeDicomWebAnswer(stream, status);
  if (!stream.isDetailed) return;
  const facts = httpFacts(stream);
  addStatus(stream, (facts.statusCodes ??= []), status);
  if (contentType.end !== 0) stream.add((facts.contentTypes ??= []), nameText(bytes, contentType.start, contentType.end));
}

function upgrade(stream: Stream, state: HttpState): Verdict | undefined {
  const { bytes } = stream;
  const { start, end } = head.upgrade;
  stream.report();
  // What follows is HTTP/2 in both directions (RFC 7540 §3.2).
  if (isWord(bytes, start, end, H2C)) {
    state.upgrade = "http2";
    return passOn;
  }
  state.upgrade = "done";
  if (!isWord(bytes, start, end, WEBSOCKET)) return found;
  stream.add(stream.facts.protocols, "websocket");
  if (stream.classes === undefined) return found;
  beginFrames(stream, state);
  return undefined;
}
