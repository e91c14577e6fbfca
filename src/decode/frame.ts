import { DecodedBatch, FLAG, FRAGMENT, ROW, ROW_WORDS, SHAPE_SHIFT, SPACE } from "../model/row.ts";
import { Losses } from "../obs/losses.ts";
import {
  CARRIER_V4,
  CARRIER_WORDS,
  EncapsulationTable,
  HAS_ID,
  LAYER_WORDS,
  MOST_LAYERS,
  Stack,
  VLAN_LAYER,
} from "./encapsulation-table.ts";
import { Marks } from "./marks.ts";
import { DECODED } from "./outcome.ts";
import { Reassembly } from "./reassembly.ts";

const { source, destination, ports, tags, space, flags, sequence, payloadStart, payloadEnd, missing, mac, ip } = ROW;
const PORTLESS = SPACE.portless;
const IPV6 = SPACE.ipv6;
const WORDS_SHIFT = Math.log2(ROW_WORDS);
/** IP headers inside one another that are followed. */
const MOST_IP_HEADERS = 8;

/**
 * The frame being decoded: what the layers so far found out, and the row they fill. Each layer is a function of
 * (frame, position) that checks a length once, reads, and calls the next layer; it returns an outcome (outcome.ts).
 */
export class Frame {
  /** What positions point into: the block, or a reassembled datagram. */
  view: DataView = new DataView(new ArrayBuffer(0));
  bytes: Buffer = Buffer.alloc(0);
  readonly losses = new Losses();
  readonly encapsulations = new EncapsulationTable(this.losses);
  readonly batch = new DecodedBatch(this.encapsulations);
  readonly reassembly = new Reassembly(this.losses);
  readonly rows = this.batch.rows;
  readonly addresses = this.batch.addresses;
  readonly stack = new Stack();
  readonly marks = new Marks();
  /** What a frame without IP is (kinds.ts). */
  kind = 0;
  /** First word of the row being filled. */
  row = 0;
  /** End of what was captured, and of what was on the wire, of the layer at hand (padding excluded once IP told its length). */
  end = 0;
  wireEnd = 0;
  /** Outer VLAN id << 12 | inner, of tags outside of any tunnel. */
  vlans = 0;
  tagCount = 0;
  space = 0;
  flags = 0;
  mac = 0;
  ip = 0;
  ipHeaders = 0;
  /** IP headers read when the last fragment was met: one IP packet is in fragments once. */
  fragmentedAt = 0;
  /** The header last read is IP's (or that of a transport in it): a tunnel that begins here has its addresses. */
  isInIp = false;
  /** What is read is a reassembled datagram, not the frame. */
  isInDatagram = false;
  /** Source << 16 | destination of the datagram that may be a tunnel's. */
  ports = 0;
  /** What came of the tunnel that was tried last. */
  tried = 0;
  /** Packet time of the frame. */
  micros = 0;
  /** Which subframe of an aggregate (ieee80211.ts) is to be read. Each is a packet of its own: the frame is read once for each. */
  subframe = 0;
  /** Set by an aggregate: how many subframes it has, and bytes of the one that was read. */
  subframes = 0;
  subframeBytes = 0;
  /** Bytes of all subframes but the first. */
  laterBytes = 0;
  /** Whether the subframe became the row, and not a header around it. */
  isSubframeRead = false;

  /** Forgets the frame before. */
  begin(row: number, at: number, captured: number, wire: number): void {
    this.row = row;
    this.end = at + captured;
    this.wireEnd = at + Math.max(wire, captured);
    this.vlans = 0;
    this.tagCount = 0;
    this.space = 0;
    this.flags = 0;
    this.mac = 0;
    this.ipHeaders = 0;
    this.fragmentedAt = 0;
    this.isInIp = false;
    this.isInDatagram = false;
    this.subframes = 0;
    this.laterBytes = 0;
    this.isSubframeRead = false;
    this.stack.layerCount = 0;
    this.stack.carrierCount = 0;
    this.marks.count = 0;
  }

  /** The IP packet ends at `end`: what follows it in the frame is padding. */
  clip(end: number): void {
    if (end < this.end) this.end = end;
    if (end < this.wireEnd) this.wireEnd = end;
  }

  /** An IP header begins; what an outer one said is forgotten. False when there are too many. */
  enterIp(at: number, family: number): boolean {
    this.space = family;
    this.ip = at;
    this.isInIp = true;
    this.ipHeaders += 1;
    return this.ipHeaders <= MOST_IP_HEADERS;
  }

  /** Notes the header of a tunnel with an id. False when there are more than are followed. */
  tunnel(type: number, id: number): boolean {
    return this.layer(type | HAS_ID, id);
  }

  tunnelWithoutId(type: number): boolean {
    return this.layer(type, 0);
  }

  /** The header last noted turns out to be of another type. */
  retype(type: number): void {
    this.stack.layers[(this.stack.layerCount - 1) * LAYER_WORDS] = type | HAS_ID;
  }

  vlanLayer(id: number): boolean {
    return this.layer(VLAN_LAYER, id);
  }

  private layer(first: number, second: number): boolean {
    const { stack } = this;
    if (stack.layerCount === MOST_LAYERS) return false;
    if (this.isInIp && first !== VLAN_LAYER) this.noteCarrier();
    const at = stack.layerCount * LAYER_WORDS;
    stack.layers[at] = first;
    stack.layers[at + 1] = second;
    stack.layerCount += 1;
    return true;
  }

  /** Keeps the addresses around the tunnel that begins. There are never more than IP headers. */
  private noteCarrier(): void {
    const { stack } = this;
    this.isInIp = false;
    const at = stack.carrierCount * CARRIER_WORDS;
    stack.carriers[at] = stack.layerCount;
    this.copyAddresses(stack.carriers, at + 1);
    stack.carrierCount += 1;
  }

  /** Source and destination of the IP header at hand, four words each. */
  copyAddresses(to: Int32Array, at: number): void {
    const { rows, row, addresses } = this;
    if ((this.space & IPV6) !== 0) {
      for (let n = 0; n < 8; n += 1) to[at + n] = addresses[(row >> 1) + n];
      return;
    }
    to.fill(0, at, at + 8);
    to[at + 2] = CARRIER_V4;
    to[at + 3] = rows[row + source];
    to[at + 6] = CARRIER_V4;
    to[at + 7] = rows[row + destination];
  }

  /** Writes down whose fragment this is. `transport`: what the fragment header says comes next. */
  noteFragment(transport: number, identification: number): void {
    const words = this.batch.fragments;
    const at = this.row;
    this.copyAddresses(words, at + FRAGMENT.source);
    words[at + FRAGMENT.identification] = identification;
    words[at + FRAGMENT.transport] = transport;
    words[at + FRAGMENT.tags] = (transport << 24) | this.vlans;
    const path = this.stack.layerCount === 0 ? 0 : this.encapsulations.pathOf(this.stack);
    words[at + FRAGMENT.space] = this.space | PORTLESS | (this.encapsulations.shapeOf(path) << SHAPE_SHIFT);
    words[at + FRAGMENT.path] = path;
    words[at + FRAGMENT.start] = this.isInDatagram ? 0 : this.ip;
    words[at + FRAGMENT.end] = this.isInDatagram ? 0 : this.end;
  }

  /** Completes the row of a transport with ports. */
  finish(transport: number, portPair: number, sequenceNumber: number, transportFlags: number, payloadAt: number): number {
    const rows = this.rows;
    const row = this.row;
    rows[row + ports] = portPair;
    rows[row + tags] = (transport << 24) | this.vlans;
    rows[row + space] = this.stack.layerCount === 0 ? this.space : this.space | this.wrapped();
    rows[row + flags] = this.flags | transportFlags;
    rows[row + sequence] = sequenceNumber;
    rows[row + payloadStart] = payloadAt;
    rows[row + payloadEnd] = this.end;
    rows[row + missing] = this.wireEnd - this.end;
    rows[row + mac] = this.mac;
    rows[row + ip] = this.ip;
    return DECODED;
  }

  /** The shape of what the packet came in, in its place of the row's space; notes the path. */
  private wrapped(): number {
    const path = this.encapsulations.pathOf(this.stack);
    this.batch.paths[this.row >> WORDS_SHIFT] = path;
    return this.encapsulations.shapeOf(path) << SHAPE_SHIFT;
  }

  /** Completes the row of a packet of which nothing above IP is read. */
  finishPortless(transport: number, transportFlags: number): number {
    this.space |= PORTLESS;
    this.finish(transport, 0, 0, transportFlags, this.end);
    this.rows[this.row + missing] = 0;
    return DECODED;
  }
}

export const FRAGMENT_BITS = FLAG.firstFragment | FLAG.laterFragment;
