import { Oldest } from "../lib/oldest.ts";
import type { Losses } from "../obs/losses.ts";
import { BufferPool } from "./buffer-pool.ts";
import type { FlowReading, Layer } from "./flow-reading.ts";

/** Segments that wait for one before them, a direction. */
const HELD_SEGMENTS = 16;
/** What one costs beyond its payload: its buffer, its object, its place. */
const HELD_OVERHEAD_BYTES = 384;

interface HeldSegment {
  offset: number;
  bytes: Buffer;
  missing: number;
}

/** One direction of a stream under watch. Stream positions count from its first byte. */
export class Direction {
  readonly flow: FlowReading;
  readonly side: 0 | 1;
  /** Position of the first byte not read yet. */
  read = 0;
  /** Bytes from `read` on that a dissector wants to see again with what follows: buffer[0, length). */
  buffer: Buffer | undefined = undefined;
  length = 0;
  held: HeldSegment[] | undefined = undefined;
  heldBytes = 0;
  isDone = false;
  /** Nobody recognised it, and it is text: content. */
  isText = false;
  /** How often it was passed on from one protocol to another. */
  depth = 0;
  /** Dissectors that may still recognise it, as bits; -1: not looked at yet. */
  candidates = -1;
  /** Who reads it now, and who passed it on to that. */
  layer: Layer | undefined = undefined;
  outer: Layer | undefined = undefined;

  constructor(flow: FlowReading, side: 0 | 1) {
    this.flow = flow;
    this.side = side;
  }
}

/** Shows bytes to whoever reads the direction; returns where the first unread byte is (past `end`: passed over). Sets `isDone`. */
export type Present = (direction: Direction, bytes: Buffer, start: number, end: number, isCut: boolean) => number;

export interface PrefixOptions {
  /** Most bytes kept of one direction. */
  limitBytes: number;
  /** Most bytes kept in all. When they are used up the direction that has waited longest is given up. */
  totalBytes: number;
}

/**
 * Puts TCP payload in order, as far as dissectors need it. Straight from the packet where that suffices; bytes are copied
 * only when a dissector asks for more, or when a segment comes before its time. Where segments overlap the bytes that were
 * read first count. A hole that 16 later segments do not fill ends the direction.
 */
export class StreamPrefixes {
  /** Segments that came before their time; directions given up for want of room. */
  readonly counters = { outOfOrder: 0, turnedAway: 0, bytesKept: 0 };
  private readonly options: PrefixOptions;
  private readonly losses: Losses;
  private readonly present: Present;
  private readonly pool: BufferPool;
  /** Directions that keep bytes, longest first. */
  private readonly keepers = new Set<Direction>();
  private readonly oldest = new Oldest(this.keepers);

  constructor(options: PrefixOptions, losses: Losses, present: Present) {
    this.options = options;
    this.losses = losses;
    this.present = present;
    this.pool = new BufferPool(options.limitBytes);
  }

  /** Takes bytes[start, end), which stand at `offset` in the stream and are followed by `missing` bytes that nobody captured. */
  feed(direction: Direction, bytes: Buffer, start: number, end: number, missing: number, offset: number): void {
    if (direction.isDone) return;
    this.place(direction, bytes, start, end, missing, offset);
    while (direction.held !== undefined && !direction.isDone) {
      const next = direction.read + direction.length;
      const index = direction.held.findIndex((segment) => segment.offset <= next);
      if (index < 0) break;
      const [segment] = direction.held.splice(index, 1);
      if (direction.held.length === 0) direction.held = undefined;
      direction.heldBytes -= segment.bytes.length;
      this.counters.bytesKept -= segment.bytes.length + HELD_OVERHEAD_BYTES;
      this.place(direction, segment.bytes, 0, segment.bytes.length, segment.missing, segment.offset);
    }
    if (direction.isDone || (direction.buffer === undefined && direction.held === undefined)) this.release(direction);
  }

  /** Gives back what the direction keeps. */
  release(direction: Direction): void {
    this.dropBuffer(direction);
    this.counters.bytesKept -= direction.heldBytes + (direction.held?.length ?? 0) * HELD_OVERHEAD_BYTES;
    direction.held = undefined;
    direction.heldBytes = 0;
    this.keepers.delete(direction);
  }

  private place(direction: Direction, bytes: Buffer, start: number, end: number, missing: number, offset: number): void {
    const behind = direction.read + direction.length - offset;
    if (behind < 0) {
      this.hold(direction, bytes, start, end, missing, offset);
      return;
    }
    const captured = end - start;
    if (behind > 0 && behind >= captured + missing) return;
    if (behind <= captured) this.extend(direction, bytes, start + behind, end, missing);
    else this.extend(direction, bytes, end, end, captured + missing - behind);
  }

  private extend(direction: Direction, bytes: Buffer, from: number, end: number, missing: number): void {
    const limit = this.options.limitBytes;
    let start = from;
    for (;;) {
      if (direction.buffer === undefined) {
        const at = this.present(direction, bytes, start, end, missing > 0);
        direction.read += at - start;
        if (direction.isDone) return;
        // Passing over a hole is fine; stopping inside it, or before it, is not.
        if (at - end < missing && missing > 0) this.leap(direction, direction.read + end - at + missing);
        else if (at >= end) return;
        else if (end - at > limit) this.giveUp(direction, bytes, at, end);
        else this.keep(direction, bytes, at, end);
        return;
      }
      const taken = Math.min(end - start, limit - direction.length);
      if (!this.keep(direction, bytes, start, start + taken)) return;
      start += taken;
      const before = direction.length;
      const isCut = start === end && missing > 0;
      const at = this.present(direction, direction.buffer, 0, before, isCut);
      direction.read += at;
      if (direction.isDone) return;
      if (at >= before) {
        this.dropBuffer(direction);
        const over = at - before;
        const left = end - start;
        if (over >= left) {
          if (over - left < missing) this.leap(direction, direction.read + left - over + missing);
          return;
        }
        start += over;
        continue;
      }
      if (isCut) {
        this.leap(direction, direction.read + before - at + missing);
        return;
      }
      direction.buffer.copyWithin(0, at, before);
      direction.length = before - at;
      if (direction.length === limit) this.giveUp(direction, direction.buffer, 0, limit);
      if (start === end || direction.isDone) return;
    }
  }

  /** Appends to what is kept; false when there is no room for it, and the direction is given up. */
  private keep(direction: Direction, bytes: Buffer, start: number, end: number): boolean {
    const length = direction.length + end - start;
    const old = direction.buffer;
    if (old === undefined || old.length < length) {
      const size = this.pool.sizeFor(length);
      if (!this.hasRoom(direction, size - (old?.length ?? 0))) {
        this.turnAway(direction);
        return false;
      }
      const buffer = this.pool.take(length);
      this.counters.bytesKept += buffer.length;
      if (old) old.copy(buffer, 0, 0, direction.length);
      const kept = direction.length;
      this.dropBuffer(direction);
      direction.length = kept;
      direction.buffer = buffer;
      this.keepers.add(direction);
    }
    bytes.copy(direction.buffer!, direction.length, start, end);
    direction.length = length;
    return true;
  }

  private hold(direction: Direction, bytes: Buffer, start: number, end: number, missing: number, offset: number): void {
    const held = (direction.held ??= []);
    const size = end - start;
    this.counters.outOfOrder += 1;
    if (held.length >= HELD_SEGMENTS || direction.heldBytes + size > this.options.limitBytes) {
      this.settleGap(direction, offset);
      if (direction.isDone || direction.read + direction.length >= offset) {
        if (!direction.isDone) this.place(direction, bytes, start, end, missing, offset);
        return;
      }
    }
    if (!this.hasRoom(direction, size + HELD_OVERHEAD_BYTES)) {
      this.turnAway(direction);
      return;
    }
    const copy = Buffer.allocUnsafeSlow(size);
    bytes.copy(copy, 0, start, end);
    held.push({ offset, bytes: copy, missing });
    direction.heldBytes += size;
    this.counters.bytesKept += size + HELD_OVERHEAD_BYTES;
    this.keepers.add(direction);
  }

  /** The hole before the held segments, and the one at `offset`, stays: what is here is shown a last time, the rest is lost or read on its own. */
  private settleGap(direction: Direction, offset: number): void {
    if (direction.buffer) this.present(direction, direction.buffer, 0, direction.length, true);
    const canResume = !direction.isDone && direction.layer?.dissector.resume !== undefined;
    const packets = canResume ? 1 : 1 + (direction.held?.length ?? 0);
    direction.flow.gaps += packets;
    this.losses.add("gap", packets);
    let next = offset;
    for (const segment of direction.held ?? []) next = Math.min(next, segment.offset);
    this.leap(direction, next);
  }

  /** A hole that nobody fills, up to `position`: the direction is over, unless who reads it can go on behind it. */
  private leap(direction: Direction, position: number): void {
    const layer = direction.layer;
    if (direction.isDone || layer?.dissector.resume === undefined) {
      direction.isDone = true;
      return;
    }
    layer.dissector.resume(layer.state, direction.side);
    this.dropBuffer(direction);
    direction.read = position;
  }

  /** The dissector wants more than it may have. */
  private giveUp(direction: Direction, bytes: Buffer, start: number, end: number): void {
    this.losses.add("dissect_limit");
    this.present(direction, bytes, start, Math.min(end, start + this.options.limitBytes), true);
    direction.isDone = true;
  }

  private hasRoom(direction: Direction, bytes: number): boolean {
    while (this.counters.bytesKept + bytes > this.options.totalBytes) {
      let oldest = this.oldest.take();
      if (oldest === direction) {
        oldest = this.oldest.take();
        this.keepers.add(direction);
      }
      if (!oldest) return false;
      this.turnAway(oldest);
      this.release(oldest);
    }
    return true;
  }

  private turnAway(direction: Direction): void {
    this.losses.add("reassembly_limit");
    this.counters.turnedAway += 1;
    direction.isDone = true;
  }

  private dropBuffer(direction: Direction): void {
    if (direction.buffer === undefined) return;
    this.counters.bytesKept -= direction.buffer.length;
    this.pool.give(direction.buffer);
    direction.buffer = undefined;
    direction.length = 0;
  }
}
