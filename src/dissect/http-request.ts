import type { ProxyFacts } from "../model/facts.ts";
import { takeDicomWeb } from "./dicom-web.ts";
import { takeFhirRequest } from "./fhir.ts";
import { beginBody } from "./http-content.ts";
import { takeForwarded } from "./http-forwarded.ts";
import { head, isWord, type Span } from "./http-head.ts";
import { type HttpState, httpFacts, textOf } from "./http-state.ts";
import { offerTarget } from "./http-target.ts";
import { takeHttpWord } from "./http-words.ts";
import { takeSoapRequest } from "./ihe-soap.ts";
import type { Stream } from "./stream.ts";
import { nameText, wireText } from "./text.ts";

const CONNECT = Buffer.from("connect");
const HEAD = Buffer.from("head");
const SLASH = 0x2f;
/** Requests that wait for their answers, as far as answers are told apart. */
const MAX_PENDING = 64;
/** Who asks, and with what passcode, ends at the last "@" before the path (RFC 3986 §3.2.1). */
const ABSOLUTE = /^(https?|ftp|wss?):\/\/(?:[^/?#]*@)?([^/?#@]+)(?=[/?#]|$)/i;
/** Longest target in which a host is looked for: in the beginning of a longer one it might not be told from who asks. */
const LONGEST_ABSOLUTE = 2048;
const AT_SIGN = 0x40;
const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ws: 80, wss: 443 };

/** Takes the request in `head`; the direction is always read on. */
export function takeRequest(stream: Stream, state: HttpState): undefined {
  const { bytes } = stream;
  const { method, target, host } = head;
  stream.senderAsks();
  const isConnect = isWord(bytes, method.start, method.end, CONNECT);
  if (stream.isTold()) {
    offerTarget(stream, bytes, target.start, target.end);
    if (isConnect && host.end === 0) Object.assign(host, target);
    if (isConnect) addProxy(stream, "connect", authorityText(bytes, target), 443);
    else if (target.end > target.start && bytes[target.start] !== SLASH) takeAbsolute(stream);
    takeForwarded(stream);
    describe(stream);
    if (head.isNtlm) stream.add(stream.facts.protocols, "ntlm");
    if (!isConnect && head.status === 0) takeUses(stream, state);
  }
  if (state.pending.length < MAX_PENDING)
    state.pending.push(isConnect ? "connect" : isWord(bytes, method.start, method.end, HEAD) ? "head" : "other");
  if (isConnect) {
    state.tunnel = "asked";
    return undefined;
  }
  const body = state.bodies[stream.side];
  body.isSoap = takeSoapRequest(stream, head.wholeType, head.soapAction) && !head.isEncoded;
  beginBody(stream, body);
  if (state.tunnel === "asked") state.tunnel = "none";
  if (head.upgrade.end !== 0) state.upgrade = "asked";
  return undefined;
}

/** FHIR and DICOM are uses of HTTP: names in the target and the media types tell them. */
function takeUses(stream: Stream, state: HttpState): void {
  const { bytes } = stream;
  if (head.target.end === 0) return;
  const { target, wholeType, accept } = head;
  const path = bytes.toString("latin1", target.start, Math.min(target.end, target.start + 1024));
  const mediaTypes = `${textOf(bytes, wholeType)} ${textOf(bytes, accept)}`;
  const method = textOf(bytes, head.method);
  takeHttpWord(stream, mediaTypes);
  if (!takeFhirRequest(stream, method, path, mediaTypes)) state.isDicom = takeDicomWeb(stream, method, path, mediaTypes) || state.isDicom;
}

/** A target with a scheme asks a proxy for another place (RFC 9112 §3.2.2); its host counts before the Host field's. */
function takeAbsolute(stream: Stream): void {
  const { bytes } = stream;
  const { target } = head;
  if (target.end - target.start > LONGEST_ABSOLUTE) return;
  const parts = ABSOLUTE.exec(bytes.toString("latin1", target.start, target.end));
  if (parts === null) return;
  const host = Buffer.from(parts[2], "latin1");
  addProxy(stream, "absolute-uri", nameText(host, 0, host.length), USUAL_PORTS[parts[1].toLowerCase()]);
}

function addProxy(stream: Stream, by: ProxyFacts["by"], asked: string, usualPort: number): void {
  if (asked === "") return;
  const { facts } = stream;
  const hasPort = /:\d{1,5}$/.test(asked);
  const target = hasPort ? asked : `${asked}:${usualPort}`;
  facts.proxy ??= { targets: [], by };
  const known = facts.proxy.targets.length;
  stream.add(facts.proxy.targets, target);
  if (facts.proxy.targets.length > known) stream.report();
}

/** Names the flow by the first host asked for. */
function describe(stream: Stream): void {
  const { bytes } = stream;
  const { host, method, userAgent, contentType } = head;
  const hostText = authorityText(bytes, host);
  const name = withoutPort(hostText);
  const isFirst = stream.facts.names === undefined && name !== "";
  if (isFirst) stream.facts.names = [{ name, source: "host" }];
  if (!stream.isDetailed) {
    if (isFirst) stream.report();
    return;
  }
  const facts = httpFacts(stream);
  const isNews = facts.methods === undefined || (hostText !== "" && facts.hosts?.includes(hostText) !== true);
  if (hostText !== "") stream.add((facts.hosts ??= []), hostText);
  stream.add((facts.methods ??= []), wireText(bytes, method.start, method.end));
  if (userAgent.end !== 0) stream.add((facts.userAgents ??= []), textOf(bytes, userAgent));
  if (contentType.end !== 0) stream.add((facts.contentTypes ??= []), nameText(bytes, contentType.start, contentType.end));
  if (isNews) stream.report();
}

/** A host and its port; "" for one that names who asks too, which neither the Host field nor CONNECT may (RFC 9110 §7.2, §9.3.6). */
function authorityText(bytes: Buffer, { start, end }: Span): string {
  for (let at = start; at < end; at += 1) if (bytes[at] === AT_SIGN) return "";
  return end === 0 ? "" : nameText(bytes, start, end);
}

function withoutPort(host: string): string {
  if (host.startsWith("[")) return host.slice(1, host.indexOf("]") < 0 ? undefined : host.indexOf("]"));
  const colon = host.lastIndexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
}
