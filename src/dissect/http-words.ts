import type { Stream } from "./stream.ts";

/** Uses of HTTP that are words of their own: DNS (RFC 8484 §6), printing (RFC 8010 §3). */
const MEDIA_TYPE = /\bapplication\/(?:(dns-message)|ipp)\b/i;

/** What else is spoken, by the media types of a request, Content-Type and Accept as they stand. */
export function takeHttpWord(stream: Stream, mediaTypes: string): void {
  const match = MEDIA_TYPE.exec(mediaTypes);
  if (match !== null) stream.add(stream.facts.protocols, match[1] === undefined ? "ipp" : "doh");
}
