import { createDissection, type Dissection, type DissectionOptions } from "../../../src/dissect/reader.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { PayloadSlice } from "../../../src/model/payload.ts";

/** One packet of a conversation: whose, its payload, and what is unusual about it. */
export interface Packet {
  from: "initiator" | "responder";
  bytes: Buffer;
  /** Position in its direction; by default right after the one before. */
  offset?: number;
  /** Bytes of the payload that were captured; default all. */
  captured?: number;
}

export const ask = (bytes: Buffer, more: Partial<Packet> = {}): Packet => ({ from: "initiator", bytes, ...more });
export const answer = (bytes: Buffer, more: Partial<Packet> = {}): Packet => ({ from: "responder", bytes, ...more });

/** Cuts a payload into segments of `size` bytes. */
export function segments(packet: Packet, size: number, start = 0): Packet[] {
  const out: Packet[] = [];
  for (let at = 0; at < packet.bytes.length; at += size)
    out.push({ ...packet, bytes: packet.bytes.subarray(at, at + size), offset: start + at });
  return out;
}

/** Plays a conversation on one flow, turning it when the reader asks; payload stands amid other bytes, as in a capture. */
export class Play {
  readonly dissection: Dissection;
  readonly slot = 3;
  /** Watch bits after each packet. */
  readonly bits: number[] = [];
  isTurned = false;
  /** Between packets. */
  stepMicros = 1000;
  private readonly next = { initiator: 0, responder: 0 };
  private readonly slice = new PayloadSlice();

  constructor(transport: 6 | 17 | 132, port: number, options: DissectionOptions = {}) {
    this.dissection = createDissection(options);
    this.slice.slot = this.slot;
    this.slice.transport = transport;
    this.slice.initiatorPort = 50_000;
    this.slice.responderPort = port;
  }

  /** The same packet as the first of another flow, or as it stands in that. */
  sendTo(slot: number, packet: Packet): this {
    this.slice.slot = slot;
    return this.send(packet);
  }

  send(...packets: Packet[]): this {
    for (const { from, bytes, offset, captured = bytes.length } of packets) {
      const block = Buffer.alloc(bytes.length + 64, 0xee);
      bytes.copy(block, 32);
      const position = offset ?? this.next[from];
      this.next[from] = Math.max(this.next[from], position + bytes.length);
      const { slice } = this;
      slice.isFromInitiator = (from === "initiator") !== this.isTurned;
      slice.bytes = block;
      slice.start = 32;
      slice.end = 32 + captured;
      slice.missing = bytes.length - captured;
      slice.streamOffset = slice.transport === 6 ? position : 0;
      slice.timeMicros += this.stepMicros;
      const bits = this.dissection.read(slice);
      block.fill(0xdd);
      this.bits.push(bits);
      if ((bits & 4) !== 0 && !this.isTurned) {
        this.isTurned = true;
        [slice.initiatorPort, slice.responderPort] = [slice.responderPort, slice.initiatorPort];
        this.dissection.turned(this.slot);
      }
    }
    return this;
  }

  /** The flow is over. */
  end(): this {
    this.dissection.ended?.(this.slot, this.slice.initiatorPort, this.slice.responderPort);
    return this;
  }

  get facts(): FlowFacts | undefined {
    return this.dissection.factsOf(this.slot);
  }
}
