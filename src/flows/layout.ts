/**
 * Where a flow is kept: a hot record of 64 bytes, all that an ordinary packet touches, and a cold one of 192 bytes for
 * what is needed when a flow begins, changes or is reported. Slot 0 is never a flow.
 *
 * "Side 0" of a flow is the end with the lesser address (or port), "side 1" the other: they never change, so turning a
 * flow only changes who is called the initiator.
 */
export const HOT_WORDS = 16;
export const HOT = {
  words: HOT_WORDS,
  /** Address words of side 0 and side 1: of IPv4 the address, of IPv6 a keyed hash (the address itself is in COLD). */
  low: 0,
  high: 1,
  /** Port of side 0 << 16 | port of side 1. */
  ports: 2,
  /** Transport and VLAN ids of packets from side 0, and from side 1. */
  tags: 3,
  status: 5,
  /** Since the last report, from side 0 and side 1. */
  packets: 6,
  /** As in a row; the shape is MIXED when the two sides came in different ones. */
  space: 14,
  /** When the next "counted" is due: seconds after the table's first packet. */
  due: 15,
} as const;
/** Indexes into the doubles of a hot record. */
export const HOT_D = { bytes: 4, last: 6 } as const;

export const COLD_WORDS = 48;
/** Indexes into the doubles of a cold record. */
export const COLD_D = {
  id: 0,
  start: 1,
  intervalStart: 2,
  /** Time of the SYN, then (STATUS.hasRtt) the handshake's round-trip time. */
  handshake: 3,
  /** Totals up to the last report: packets of side 0 and 1, bytes of side 0 and 1. */
  totals: 4,
} as const;
export const COLD = {
  words: COLD_WORDS,
  /** Neighbours in the list of half-open flows; `next` also links free slots. */
  previous: 16,
  next: 17,
  /** Two words a side: first four bytes, then the last two with bit 16 when it is known. */
  mac: 18,
  /** TCP: first sequence number of each side's stream, then that of the first SYN. ICMP: messages seen. */
  streamStart: 22,
  synSequence: 24,
  icmp: 22,
  lostSnaplen: 26,
  lostOrphan: 27,
  hash: 28,
  /** Number of the encapsulation's path, of packets from side 0 and from side 1. */
  path: 29,
  /** IPv6: four words a side. */
  addresses: 32,
  /** Of TCP flows in the sample (stream-loss.ts), a word a side: the sequence number expected next, where the gap before it begins and ends, and its bytes. */
  nextSequence: 40,
  gapFrom: 42,
  gapTo: 44,
  gap: 46,
} as const;

/** Bits of a flow's status. The low eight are the OR of its TCP flags. */
export const STATUS = {
  /** The initiator is side 1. */
  flipped: 1 << 8,
  turned: 1 << 9,
  /** Packets from side 0 were seen; shifted left by one: from side 1. So for the other pairs below. */
  seen: 1 << 10,
  /** An ordinary packet of this side needs nothing but counting. */
  steady: 1 << 12,
  watched: 1 << 14,
  /** The payload reader knows this flow. */
  begun: 1 << 16,
  /** An "opened" was reported. */
  opened: 1 << 17,
  halfOpen: 1 << 18,
  /** Three bits: index into TCP_STATES. */
  tcpState: 1 << 19,
  /** Two bits: index into INITIATOR_BY. */
  initiatorBy: 1 << 22,
  fin: 1 << 24,
  awaitsSynAck: 1 << 26,
  hasRtt: 1 << 27,
  streamKnown: 1 << 28,
  /** The slot holds a flow. */
  inUse: 1 << 30,
  synSeen: 1 << 31,
} as const;

/** Stands in the place of a shape: each side has its own (COLD.path). More than there can be shapes. */
export const MIXED_SHAPE = 0xffffff;

export const TCP_STATE_SHIFT = 19;
export const TCP_STATE_MASK = 7 << TCP_STATE_SHIFT;
export const INITIATOR_BY_SHIFT = 22;
export const INITIATOR_BY_MASK = 3 << INITIATOR_BY_SHIFT;

/** Indexes into TCP_STATES and INITIATOR_BY of the model. */
export const TCP_STATE = { synOnly: 0, established: 1, closed: 2, reset: 3, midstream: 4 } as const;
export const BY = { syn: 0, dissector: 1, firstPacket: 2, servicePort: 3 } as const;

/** Bytes that a table of this many flows may take when full, its index included. Pages are only touched as flows come. */
export function flowTableBytes(limit: number): number {
  return (limit + 1) * (HOT_WORDS + COLD_WORDS) * 4 + indexSlots(limit) * 8;
}

/** Places of an index that holds `limit` entries at most half full. */
export function indexSlots(limit: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(limit, 8) * 2));
}
