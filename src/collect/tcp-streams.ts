import { IPFIX_HEADER_BYTES } from "./ipfix.ts";

/** Takes one message: bytes[start, end), from whom and when. */
export type Deliver = (bytes: Buffer, start: number, end: number, observer: string, arrivalMicros: number) => void;

const MOST_STREAMS = 256;
/** One message, and what was sent ahead of a segment that is still missing. */
const MOST_BYTES = 128 << 10;
const MOST_PIECES = 64;
const VERSION = 10;
const SYN = 2;

interface Stream {
  /** Sequence number of the next byte; undefined: not in step, wait for a segment that begins with a message. */
  next: number | undefined;
  /** Bytes in order of a message that is not complete. */
  held: Buffer;
  /** Segments ahead of a missing one. */
  ahead: { sequence: number; bytes: Buffer }[];
}

/** IPFIX over TCP (RFC 7011 §10.4): the stream of each direction, put in order and cut into messages by the length that each states. */
export class TcpStreams {
  private readonly streams = new Map<string, Stream>();
  private readonly deliver: Deliver;

  constructor(deliver: Deliver) {
    this.deliver = deliver;
  }

  take(key: string, observer: string, sequence: number, flags: number, bytes: Buffer, start: number, end: number, micros: number): void {
    const first = (flags & SYN) !== 0 ? (sequence + 1) | 0 : sequence;
    let stream = this.streams.get(key);
    if (stream === undefined) {
      if (!isMessage(bytes, start, end)) return;
      if (this.streams.size >= MOST_STREAMS) for (const [oldest] of [...this.streams].slice(0, 1)) this.streams.delete(oldest);
      stream = { next: undefined, held: Buffer.alloc(0), ahead: [] };
      this.streams.set(key, stream);
    }
    if (stream.next === undefined) {
      if (!isMessage(bytes, start, end)) return;
      stream.next = first;
    }
    this.place(stream, first, bytes.subarray(start, end), observer, micros);
  }

  private place(stream: Stream, sequence: number, segment: Buffer, observer: string, micros: number): void {
    const offset = (sequence - stream.next!) | 0;
    if (offset > 0) {
      const waiting = stream.ahead.reduce((sum, { bytes }) => sum + bytes.length, segment.length);
      if (stream.ahead.length < MOST_PIECES && waiting <= MOST_BYTES) stream.ahead.push({ sequence, bytes: Buffer.from(segment) });
      else lose(stream);
      return;
    }
    if (-offset >= segment.length) return;
    this.append(stream, segment.subarray(-offset), observer, micros);
    this.fill(stream, observer, micros);
  }

  /** Segments that waited may fit now. */
  private fill(stream: Stream, observer: string, micros: number): void {
    for (;;) {
      const at = stream.ahead.findIndex(({ sequence }) => stream.next !== undefined && ((sequence - stream.next) | 0) <= 0);
      if (at < 0) return;
      const [{ sequence, bytes }] = stream.ahead.splice(at, 1);
      const known = (stream.next! - sequence) | 0;
      if (known < bytes.length) this.append(stream, bytes.subarray(known), observer, micros);
    }
  }

  private append(stream: Stream, segment: Buffer, observer: string, micros: number): void {
    stream.next = (stream.next! + segment.length) | 0;
    const whole = stream.held.length === 0 ? segment : Buffer.concat([stream.held, segment]);
    let at = 0;
    while (whole.length - at >= IPFIX_HEADER_BYTES) {
      if (!isMessage(whole, at, whole.length)) {
        lose(stream);
        return;
      }
      const end = at + whole.readUInt16BE(at + 2);
      if (end > whole.length) break;
      this.deliver(whole, at, end, observer, micros);
      at = end;
    }
    stream.held = Buffer.from(whole.subarray(at));
  }
}

/** Out of step: what is held is of no use, and the next segment that begins with a message begins anew. */
function lose(stream: Stream): void {
  stream.next = undefined;
  stream.held = Buffer.alloc(0);
  stream.ahead = [];
}

/** By the header; a set must follow. */
function isMessage(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < IPFIX_HEADER_BYTES || bytes.readUInt16BE(start) !== VERSION) return false;
  if (bytes.readUInt16BE(start + 2) < IPFIX_HEADER_BYTES) return false;
  if (end - start < IPFIX_HEADER_BYTES + 4) return true;
  const set = bytes.readUInt16BE(start + IPFIX_HEADER_BYTES);
  return set === 2 || set === 3 || set >= 256;
}
