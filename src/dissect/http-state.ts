import { type HttpFacts, MAX_VALUES } from "../model/facts.ts";
import type { HttpBody } from "./http-body.ts";
import type { Span } from "./http-head.ts";
import type { Stream } from "./stream.ts";
import { wireText } from "./text.ts";

/** What an answer means depends on what was asked (RFC 9112 §6.3). */
export type Asked = "head" | "connect" | "other";

export interface HttpState {
  /** By side. */
  bodies: [HttpBody, HttpBody];
  /** Requests without an answer yet, oldest first. */
  pending: Asked[];
  /** After a CONNECT: its answer is awaited, or let it through; an upgrade was asked for, or done. */
  tunnel: "none" | "asked" | "open";
  upgrade: "none" | "asked" | "http2" | "done";
  /** DICOM over HTTP was asked for: what is answered decides its result. */
  isDicom: boolean;
}

export const newHttpState = (): HttpState => ({
  bodies: [
    { form: "none", left: 0 },
    { form: "none", left: 0 },
  ],
  pending: [],
  tunnel: "none",
  upgrade: "none",
  isDicom: false,
});

export function httpFacts(stream: Stream): HttpFacts {
  const { facts } = stream;
  facts.http ??= {};
  return facts.http;
}

export function addStatus(stream: Stream, codes: number[], status: number): void {
  if (codes.includes(status)) return;
  if (codes.length < MAX_VALUES) codes.push(status);
  else stream.dropFact();
}

/** Text of a field, "" when it is not there. */
export function textOf(bytes: Buffer, { start, end }: Span): string {
  return end === 0 ? "" : wireText(bytes, start, end);
}
