import { AppError } from "../lib/errors.ts";
import type { FlowFacts } from "../model/facts.ts";
import { FLOW_RECORD_BYTES, FlowBatch } from "../model/flow.ts";

/**
 * Frames between sensor and core over a Unix stream socket, both ways. Little-endian header of 16 bytes:
 * magic u16 · version u8 · type u8 · payload bytes u32 · sequence f64 (flows: rises by one; ack: the highest one taken).
 * Both ends run on one machine, so records travel in its byte order.
 */
export const LINK_VERSION = 1;
export const HEADER_BYTES = 16;
const MAGIC = 0x5442;
/** Longest payload that is believed. */
export const LONGEST_PAYLOAD = 16 * 1024 * 1024;

export const FRAME = { hello: 1, flows: 2, status: 3, end: 4, ack: 5, stop: 6, refused: 7 } as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export interface Frame {
  type: number;
  sequence: number;
  payload: Buffer;
}

export function encodeFrame(type: FrameType, sequence: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt16LE(MAGIC, 0);
  frame[2] = LINK_VERSION;
  frame[3] = type;
  frame.writeUInt32LE(payload.length, 4);
  frame.writeDoubleLE(sequence, 8);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

export function encodeJson(type: FrameType, sequence: number, value: unknown): Buffer {
  return encodeFrame(type, sequence, Buffer.from(JSON.stringify(value)));
}

/** Facts in a frame beyond which the next record begins another one: far below LONGEST_PAYLOAD, in whatever script they are. */
const MOST_FACTS_CHARS = 2 * 1024 * 1024;
/** Facts of one record that are sent; of longer ones, which no dissector should make, only protocols and names. */
const LONGEST_FACTS_CHARS = 256 * 1024;

/** A flows frame and how many records it carries. */
export interface FlowsFrame {
  frame: Buffer;
  records: number;
}

/**
 * The batch as flows frames, numbered from `sequence` on: more than one where its facts are many.
 * Payload: records u32 · facts bytes u32 · the records · a line for each record with facts: index, space, JSON.
 */
export function* flowsFrames(batch: FlowBatch, sequence: number): Generator<FlowsFrame> {
  let number = sequence;
  let from = 0;
  let lines = "";
  for (let index = 0; index < batch.count; index += 1) {
    const facts = batch.facts[index];
    if (!facts) continue;
    const text = textOf(facts);
    if (index > from && lines.length + text.length > MOST_FACTS_CHARS) {
      yield flowsFrame(batch, from, index, lines, number);
      number += 1;
      from = index;
      lines = "";
    }
    lines += `${index - from} ${text}\n`;
  }
  yield flowsFrame(batch, from, batch.count, lines, number);
}

function flowsFrame(batch: FlowBatch, from: number, to: number, lines: string, sequence: number): FlowsFrame {
  const facts = Buffer.from(lines);
  const recordBytes = (to - from) * FLOW_RECORD_BYTES;
  const payload = Buffer.allocUnsafe(8 + recordBytes + facts.length);
  payload.writeUInt32LE(to - from, 0);
  payload.writeUInt32LE(facts.length, 4);
  payload.set(batch.bytes.subarray(from * FLOW_RECORD_BYTES, to * FLOW_RECORD_BYTES), 8);
  payload.set(facts, 8 + recordBytes);
  return { frame: encodeFrame(FRAME.flows, sequence, payload), records: to - from };
}

function textOf(facts: FlowFacts): string {
  const text = JSON.stringify(facts);
  if (text.length <= LONGEST_FACTS_CHARS) return text;
  const { protocols, names, factsDropped = 0 } = facts;
  return JSON.stringify({ protocols, ...(names ? { names } : {}), factsDropped: factsDropped + 1 });
}

/** The peer does not speak the protocol. That is the world's fault, and only the connection's end. */
export function broken(message: string): AppError {
  return new AppError("link_failed", message);
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken("a frame whose JSON cannot be read");
  }
}

/** Reads a flows payload into a batch of its own. Throws `link_failed` for a payload that contradicts itself: the peer is broken. */
export function decodeFlows(payload: Buffer): FlowBatch {
  if (payload.length < 8) throw broken("flows frame shorter than its header");
  const count = payload.readUInt32LE(0);
  const factsBytes = payload.readUInt32LE(4);
  const recordBytes = count * FLOW_RECORD_BYTES;
  if (8 + recordBytes + factsBytes !== payload.length) throw broken("flows frame of impossible length");
  const batch = new FlowBatch(Math.max(1, count));
  batch.bytes.set(payload.subarray(8, 8 + recordBytes));
  batch.count = count;
  const lines = payload.toString("utf8", 8 + recordBytes);
  for (let at = 0; at < lines.length; ) {
    const space = lines.indexOf(" ", at);
    const end = lines.indexOf("\n", space);
    const index = Number(lines.slice(at, space));
    if (space < 0 || end < 0 || !(index < count)) throw broken("flows frame with facts of no record");
    const text = lines.slice(space + 1, end);
    batch.facts[index] = factsOf(readJson(text));
    batch.factsTexts[index] = text;
    at = end + 1;
  }
  return batch;
}

/** What everything else hangs on; the rest is taken at its word. */
function factsOf(value: unknown): FlowFacts {
  const isObject = typeof value === "object" && value !== null;
  if (!isObject || !Array.isArray((value as Partial<FlowFacts>).protocols)) throw broken("flows frame with facts without protocols");
  return value as FlowFacts;
}

/** Cuts a byte stream into frames. Throws `link_failed` for a stream that is not ours. */
export class FrameReader {
  private pending: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Frame> {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let at = 0;
    while (this.pending.length - at >= HEADER_BYTES) {
      const length = this.pending.readUInt32LE(at + 4);
      if (this.pending.readUInt16LE(at) !== MAGIC) throw broken("not a bordertap link");
      if (this.pending[at + 2] !== LINK_VERSION) throw broken(`link version ${this.pending[at + 2]}, this program speaks ${LINK_VERSION}`);
      if (length > LONGEST_PAYLOAD) throw broken(`frame of ${length} bytes`);
      const end = at + HEADER_BYTES + length;
      if (this.pending.length < end) break;
      yield {
        type: this.pending[at + 3],
        sequence: this.pending.readDoubleLE(at + 8),
        payload: this.pending.subarray(at + HEADER_BYTES, end),
      };
      at = end;
    }
    this.pending = this.pending.subarray(at);
  }
}
