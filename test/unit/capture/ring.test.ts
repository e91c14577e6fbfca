import { describe, expect, it } from "vitest";
import { RING_BLOCK_BYTES, Ring } from "../../../src/capture/linux/ring.ts";
import { BLOCK_PACKETS, PacketBlock } from "../../../src/model/packet.ts";

const FRAME_BYTES = 56;
const USER = 1;
const STATUS_AT = 8;

interface Packet {
  seconds?: number;
  nanoseconds?: number;
  length?: number;
  captured?: number;
  status?: number;
  tci?: number;
  tpid?: number;
}

/** Plays the kernel's part of TPACKET_V3 (linux/if_packet.h) in ordinary memory. */
function kernel(blocks: number) {
  const memory = new ArrayBuffer(blocks * RING_BLOCK_BYTES);
  const view = new DataView(memory);
  return {
    memory,
    hand(block: number, packets: Packet[]): void {
      const base = block * RING_BLOCK_BYTES;
      view.setUint32(base + 12, packets.length, true);
      view.setUint32(base + 16, 48, true);
      for (const [n, packet] of packets.entries()) {
        const at = base + 48 + n * FRAME_BYTES;
        view.setUint32(at, n === packets.length - 1 ? 0 : FRAME_BYTES, true);
        view.setUint32(at + 4, packet.seconds ?? 1, true);
        view.setUint32(at + 8, packet.nanoseconds ?? 0, true);
        view.setUint32(at + 12, packet.captured ?? 14, true);
        view.setUint32(at + 16, packet.length ?? 60, true);
        view.setUint32(at + 20, packet.status ?? 1, true);
        view.setUint16(at + 24, 82, true);
        view.setUint32(at + 32, packet.tci ?? 0, true);
        view.setUint16(at + 36, packet.tpid ?? 0, true);
      }
      view.setUint32(base + STATUS_AT, USER, true);
    },
    isOurs: (block: number) => (view.getUint32(block * RING_BLOCK_BYTES + STATUS_AT, true) & USER) !== 0,
  };
}

describe("a TPACKET_V3 ring", () => {
  it("describes packets in place", () => {
    const { memory, hand } = kernel(2);
    const ring = new Ring(memory);
    const block = new PacketBlock();
    expect(ring.take(block)).toBe(false);
    hand(0, [
      { seconds: 1_700_000_000, nanoseconds: 123_456_500, length: 1500, captured: 96 },
      { status: 1 | 0x10, tci: 0x6007 },
      { status: 1 | 0x50, tci: 0x0fff, tpid: 0x88a8 },
    ]);
    expect(ring.take(block)).toBe(true);
    const of = <T>(values: ArrayLike<T>) => Array.from(values).slice(0, block.count);
    expect(of(block.offset)).toEqual([48 + 82, 48 + 82 + FRAME_BYTES, 48 + 82 + 2 * FRAME_BYTES]);
    expect(of(block.captured)).toEqual([96, 14, 14]);
    expect(of(block.wire)).toEqual([1500, 60, 60]);
    expect(of(block.timeMicros)).toEqual([1_700_000_000_123_456.5, 1e6, 1e6]);
    expect(of(block.strippedTag).map((tag) => tag >>> 0)).toEqual([0, 0x81006007, 0x88a80fff]);
    expect({ packets: ring.packets, bytes: ring.wireBytes, newest: ring.newestMicros }).toEqual({
      packets: 3,
      bytes: 1628,
      newest: 1_700_000_000_123_456.5,
    });
  });

  it("gives a block back with the next call, not before, and goes round", () => {
    const { memory, hand, isOurs } = kernel(2);
    const ring = new Ring(memory);
    const block = new PacketBlock();
    for (let round = 0; round < 5; round += 1) {
      const n = round % 2;
      hand(n, [{ length: 100 + round }]);
      expect(ring.take(block)).toBe(true);
      expect([block.count, block.wire[0], isOurs(n)]).toEqual([1, 100 + round, true]);
      expect(ring.take(block)).toBe(false);
      expect([block.count, isOurs(n)]).toEqual([0, false]);
    }
    expect(ring.packets).toBe(5);
  });

  it("hands a full block on in parts", () => {
    const { memory, hand, isOurs } = kernel(1);
    const ring = new Ring(memory);
    const block = new PacketBlock();
    const total = BLOCK_PACKETS + 5;
    hand(
      0,
      Array.from({ length: total }, (_, n) => ({ length: 60 + n })),
    );
    const seen: number[] = [];
    for (const part of [BLOCK_PACKETS, 5]) {
      expect(ring.take(block)).toBe(true);
      expect([block.count, isOurs(0)]).toEqual([part, true]);
      seen.push(...block.wire.subarray(0, block.count));
    }
    expect(ring.take(block)).toBe(false);
    expect(isOurs(0)).toBe(false);
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => 60 + n));
  });

  it("passes over a block without packets", () => {
    const { memory, hand } = kernel(2);
    const ring = new Ring(memory);
    const block = new PacketBlock();
    hand(0, []);
    hand(1, [{}]);
    expect(ring.take(block)).toBe(true);
    expect(block.count).toBe(1);
  });
});
