import { type HttpFacts, MAX_VALUES } from "../model/facts.ts";
import type { HttpBody } from "./http-body.ts";
import type { Span } from "./http-head.ts";
import { newWebSocketSide, type WebSocketSide } from "./http-websocket.ts";
import type { Stream } from "./stream.ts";
import { wireText } from "./text.ts";

/** What both directions of a WebSocket take of memory. */
const FRAMES_BYTES = 256;

/** What an answer means depends on what was asked (RFC 9112 §6.3). */
export type Asked = "head" | "connect" | "other";

export interface HttpState {
  /** By side. */
  bodies: [HttpBody, HttpBody];
  /** Requests without an answer yet, oldest first. */
  pending: Asked[];
  /** After a CONNECT: its answer is awaited, or let it through; an upgrade was asked for, or done. */
  tunnel: "none" | "asked" | "open";
  upgrade: "none" | "asked" | "http2" | "websocket" | "done";
  /** By side; made with the upgrade. */
  frames: [WebSocketSide, WebSocketSide] | undefined;
  /** DICOM over HTTP was asked for: what is answered decides its result. */
  isDicom: boolean;
}

export const newHttpState = (): HttpState => ({
  bodies: [
    { form: "none", left: 0, isSoap: false },
    { form: "none", left: 0, isSoap: false },
  ],
  pending: [],
  tunnel: "none",
  upgrade: "none",
  frames: undefined,
  isDicom: false,
});

export function httpFacts(stream: Stream): HttpFacts {
  const { facts } = stream;
  facts.http ??= {};
  return facts.http;
}

/** From here on both directions are frames. */
export function beginFrames(stream: Stream, state: HttpState): void {
  state.upgrade = "websocket";
  state.frames = [newWebSocketSide(), newWebSocketSide()];
  stream.budget.take(stream.slot, FRAMES_BYTES);
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
