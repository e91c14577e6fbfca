import { boundaryOf } from "./classing/mime.ts";
import { takeDicomWeb, takeDicomWebAnswer } from "./dicom-web.ts";
import { takeFhirAnswer, takeFhirRequest } from "./fhir.ts";
import { addStatus, httpFacts } from "./http-state.ts";
import { offerTarget } from "./http-target.ts";
import { takeHttpWord } from "./http-words.ts";
import { FIELD_NAMES, type FieldName } from "./http2-fields.ts";
import type { Http2State } from "./http2-state.ts";
import type { Stream } from "./stream.ts";

/** Media types that hold nothing by which content is classed. */
const DULL = /^(?:video|audio|font)\/|^text\/(?:css|javascript)\b|^application\/(?:x-)?javascript\b/i;
const PORT = /:\d{1,5}$/;

/** Values of the message in reading; "" for what it does not have. One object serves all. */
const values: string[] = FIELD_NAMES.map(() => "");
const index = Object.fromEntries(FIELD_NAMES.map((name, at) => [name, at])) as Record<FieldName, number>;
const { ":authority": AUTHORITY, ":method": METHOD, ":path": PATH, ":status": STATUS, ":protocol": PROTOCOL } = index;
const { host: HOST, "user-agent": AGENT, "content-type": TYPE, "content-encoding": ENCODING, accept: ACCEPT } = index;

export function beginMessage(): void {
  values.fill("");
}

export function takeField(field: number, value: string): void {
  values[field] = value;
}

/** Takes the fields just read: a request's, or an answer's. False: they are a trailer's, and there is no message. */
export function takeMessage(stream: Stream, state: Http2State): boolean {
  if (values[METHOD] === "" && values[STATUS] === "") return false;
  if (!stream.isTold()) return true;
  if (values[METHOD] !== "") takeRequest(stream, state);
  else takeAnswer(stream, state);
  return true;
}

/** Begins the content of the message just taken, where it is worth a look. */
export function beginMessageContent(stream: Stream): boolean {
  const mediaType = values[TYPE];
  const coding = values[ENCODING];
  if (!stream.wantsContent || (coding !== "" && coding !== "identity") || DULL.test(mediaType)) return false;
  if (!mediaType.toLowerCase().startsWith("multipart/")) stream.beginContent("plain");
  else {
    const boundary = boundaryOf(mediaType);
    if (boundary === undefined) return false;
    stream.beginContent("multipart", boundary);
  }
  return true;
}

function takeRequest(stream: Stream, state: Http2State): void {
  stream.senderAsks();
  const { facts } = stream;
  const method = values[METHOD];
  const authority = (values[AUTHORITY] || values[HOST]).toLowerCase();
  // Nobody may stand in it but a host (RFC 9113 §8.3.1).
  const host = authority.includes("@") ? "" : authority;
  const path = Buffer.from(values[PATH], "latin1");
  offerTarget(stream, path, 0, path.length);
  const name = host.replace(PORT, "").replace(/^\[(.*)\]$/, "$1");
  if (method === "CONNECT" && values[PROTOCOL] === "" && host !== "") {
    facts.proxy ??= { targets: [], by: "connect" };
    stream.add(facts.proxy.targets, host);
  }
  if (facts.names === undefined && name !== "") {
    facts.names = [{ name, source: "host" }];
    stream.report();
  }
  if (values[PROTOCOL] === "websocket") stream.add(facts.protocols, "websocket");
  const mediaTypes = `${values[TYPE]} ${values[ACCEPT]}`;
  if (!takeFhirRequest(stream, method, values[PATH], mediaTypes))
    state.isDicom = takeDicomWeb(stream, method, values[PATH], mediaTypes) || state.isDicom;
  takeHttpWord(stream, mediaTypes);
  if (!stream.isDetailed) return;
  const http = httpFacts(stream);
  if (host !== "") stream.add((http.hosts ??= []), host);
  stream.add((http.methods ??= []), method);
  if (values[AGENT] !== "") stream.add((http.userAgents ??= []), values[AGENT]);
  addMediaType(stream);
}

function takeAnswer(stream: Stream, state: Http2State): void {
  stream.senderAnswers();
  const status = Number(values[STATUS]);
  // What comes before the answer proper (RFC 9110 §15.2).
  if (!(status >= 200 && status <= 999)) return;
  takeFhirAnswer(stream, values[TYPE]);
  if (state.isDicom) takeDicomWebAnswer(stream, status);
  if (!stream.isDetailed) return;
  addStatus(stream, (httpFacts(stream).statusCodes ??= []), status);
  addMediaType(stream);
}

function addMediaType(stream: Stream): void {
  const mediaType = values[TYPE].split(";", 1)[0].trim().toLowerCase();
  if (mediaType !== "") stream.add((httpFacts(stream).contentTypes ??= []), mediaType);
}
