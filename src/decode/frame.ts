import { DecodedBatch, FLAG, ROW, SPACE } from "../model/row.ts";
import { Losses } from "../obs/losses.ts";
import { DECODED } from "./outcome.ts";

const { ports, tags, space, flags, sequence, payloadStart, payloadEnd, missing, mac, ip } = ROW;
const PORTLESS = SPACE.portless;

/**
 * The frame being decoded: what the layers so far found out, and the row they fill. Each layer is a function of
 * (frame, position) that checks a length once, reads, and calls the next layer; it returns an outcome (outcome.ts).
 */
export class Frame {
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly batch = new DecodedBatch();
  readonly rows = this.batch.rows;
  readonly addresses = this.batch.addresses;
  readonly losses = new Losses();
  /** Frames without IP, by kind (kinds.ts). */
  readonly kinds = new Float64Array(0x10000);
  /** First word of the row being filled. */
  row = 0;
  /** End of what was captured, and of what was on the wire, of the layer at hand (padding excluded once IP told its length). */
  end = 0;
  wireEnd = 0;
  /** Outer VLAN id << 12 | inner. */
  vlans = 0;
  tagCount = 0;
  space = 0;
  flags = 0;
  mac = 0;
  ip = 0;

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
  }

  /** The IP packet ends at `end`: what follows it in the frame is padding. */
  clip(end: number): void {
    if (end < this.end) this.end = end;
    if (end < this.wireEnd) this.wireEnd = end;
  }

  /** Completes the row of a transport with ports. */
  finish(transport: number, portPair: number, sequenceNumber: number, transportFlags: number, payloadAt: number): number {
    const rows = this.rows;
    const row = this.row;
    rows[row + ports] = portPair;
    rows[row + tags] = (transport << 24) | this.vlans;
    rows[row + space] = this.space;
    rows[row + flags] = this.flags | transportFlags;
    rows[row + sequence] = sequenceNumber;
    rows[row + payloadStart] = payloadAt;
    rows[row + payloadEnd] = this.end;
    rows[row + missing] = this.wireEnd - this.end;
    rows[row + mac] = this.mac;
    rows[row + ip] = this.ip;
    return DECODED;
  }

  /** Completes the row of a packet of which nothing above IP is read. */
  finishPortless(transport: number, transportFlags: number, fragment: number): number {
    this.space |= PORTLESS;
    this.finish(transport, 0, 0, transportFlags, this.end);
    this.rows[this.row + missing] = fragment;
    return DECODED;
  }
}

export const FRAGMENT_BITS = FLAG.firstFragment | FLAG.laterFragment;
