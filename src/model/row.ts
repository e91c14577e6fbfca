import { type Encapsulations, NO_ENCAPSULATIONS } from "./encapsulation.ts";

/**
 * Decoded packets, as decode hands them to the flow table. Rows of words, so that no packet costs an object.
 */

/** Rows a batch can hold: they and the flow records they touch fit the nearest caches together. */
export const BATCH_ROWS = 256;
export const ROW_WORDS = 16;
/** First word of one more row, after those that decode fills: for packets that the flow table has to make up. */
export const SPARE_ROW = BATCH_ROWS * ROW_WORDS;

/** Words of a decoded row: one packet with an IP header, as the flow table needs it. */
export const ROW = {
  /** Length of a row. */
  words: ROW_WORDS,
  /** IPv4 addresses, network order read big-endian. Of IPv6 they are in `addresses`, and the flow table puts a hash here. */
  source: 0,
  destination: 1,
  /** Source << 16 | destination; 0 without ports. ICMP: see icmp.ts. */
  ports: 2,
  /** Transport << 24 | outer VLAN id << 12 | inner VLAN id. */
  tags: 3,
  /** SPACE bits; from bit 8 on the number of the encapsulation's shape (model/encapsulation.ts), 0 = none. */
  space: 4,
  /** TCP flags in the low eight bits, FLAG bits above. */
  flags: 5,
  /** TCP: sequence number. ICMP: type << 8 | code. */
  sequence: 6,
  /** Transport payload: where it starts and ends in the block's bytes (FLAG.reassembled: in the batch's datagrams), and how many bytes after that were not captured. */
  payloadStart: 7,
  payloadEnd: 8,
  missing: 9,
  /** Where the destination MAC address is, the source address six bytes on; see FLAG. */
  mac: 10,
  /** Where the IP header is. */
  ip: 11,
  /** Bytes of the frame on the wire. */
  wire: 12,
  /** Index of the packet in its block. */
  packet: 13,
  /** Scratch of the flow table. */
  hash: 14,
  entry: 15,
} as const;

/** What, beside addresses, ports and tags, sets flows apart. */
export const SPACE = {
  ipv6: 1,
  portless: 2,
  /** ICMP without a reply: the two directions are two flows. */
  oneWay: 4,
  /** Set by the flow table on one-way rows: the sender has the greater address. */
  fromGreater: 8,
} as const;

export const FLAG = {
  fin: 1,
  syn: 2,
  rst: 4,
  ack: 16,
  firstFragment: 1 << 8,
  laterFragment: 1 << 9,
  /** The frame has MAC addresses; with `macSourceOnly` just that of the sender. */
  mac: 1 << 10,
  macSourceOnly: 1 << 11,
  sctpInit: 1 << 12,
  sctpInitAck: 1 << 13,
  /** An ICMP message that answers another. */
  icmpReply: 1 << 14,
  icmp: 1 << 15,
  /** Set by the flow table: the sender has the greater address (or port). */
  fromGreater: 1 << 16,
  /** The fragment that completed its datagram: the payload is that of the whole. */
  reassembled: 1 << 17,
  /** The packet was seen before: a mirror of two ports gives it twice. The flow table passes over it. */
  duplicate: 1 << 18,
} as const;

export const SHAPE_SHIFT = 8;

/** Words of a fragment: what names its datagram. They are of the IP header that was fragmented, which may lie outside of a tunnel that the row came through. */
export const FRAGMENT = {
  words: 16,
  /** Four words each, IPv4 as ::ffff:a.b.c.d. */
  source: 0,
  destination: 4,
  identification: 8,
  transport: 9,
  /** As in the row, of a packet without ports. */
  tags: 10,
  space: 11,
  /** Number of the path of the encapsulation around the fragment. */
  path: 12,
  /** Where the fragment's own IP header begins and its data ends in the block's bytes; 0 when it lies in a reassembled datagram. */
  start: 13,
  end: 14,
} as const;

/** Decoded rows of one run of packets. One object serves all runs. */
export class DecodedBatch {
  readonly rows = new Int32Array((BATCH_ROWS + 1) * ROW_WORDS);
  /** Eight words a row, source then destination; only rows with SPACE.ipv6 have them. */
  readonly addresses = new Int32Array((BATCH_ROWS + 1) * 8);
  /** FRAGMENT.words words a row; only rows with a fragment flag have them. */
  readonly fragments = new Int32Array((BATCH_ROWS + 1) * FRAGMENT.words);
  /** Number of the encapsulation's path; only rows with a shape in their space have one. */
  readonly paths = new Int32Array(BATCH_ROWS + 1);
  /** What the payload of rows with FLAG.reassembled lies in, until the next batch. */
  datagrams: Buffer = Buffer.alloc(0);
  readonly encapsulations: Encapsulations;
  count = 0;

  constructor(encapsulations: Encapsulations = NO_ENCAPSULATIONS) {
    this.encapsulations = encapsulations;
  }
}
