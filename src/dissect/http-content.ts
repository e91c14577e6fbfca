import { boundaryOf } from "./classing/mime.ts";
import type { HttpBody } from "./http-body.ts";
import { head } from "./http-head.ts";
import type { Stream } from "./stream.ts";

/** Of media types that hold nothing by which content is classed, how they begin. */
const DULL = ["video/", "audio/", "font/", "text/css", "text/javascript", "application/javascript", "application/x-javascript"].map(
  (text) => Buffer.from(text),
);
const MULTIPART = Buffer.from("multipart/");

/** What follows the message in `head`: sets the body to be passed over, and offers it where it is worth it. */
export function beginBody(stream: Stream, body: HttpBody): void {
  body.form = head.isChunked ? "chunk" : "sized";
  body.left = head.isChunked ? 0 : Math.max(0, head.contentLength);
  if (body.form === "sized" && body.left === 0) body.form = "none";
  else offerBody(stream);
}

/** A body that goes on until the connection ends. False: nobody wants to see it. */
export function beginEndlessBody(stream: Stream, body: HttpBody): boolean {
  offerBody(stream);
  body.form = "endless";
  return stream.wantsContent;
}

function offerBody(stream: Stream): void {
  if (head.isEncoded || !stream.wantsContent) return;
  const { bytes } = stream;
  const { wholeType } = head;
  if (DULL.some((word) => beginsWith(bytes, wholeType.start, wholeType.end, word))) return;
  if (!beginsWith(bytes, wholeType.start, wholeType.end, MULTIPART)) {
    stream.beginContent("plain");
    return;
  }
  const boundary = boundaryOf(bytes.toString("latin1", wholeType.start, wholeType.end));
  if (boundary !== undefined) stream.beginContent("multipart", boundary);
}

function beginsWith(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (start + word.length > end) return false;
  for (let n = 0; n < word.length; n += 1) if ((bytes[start + n] | 0x20) !== (word[n] | 0x20)) return false;
  return true;
}
