import { ROW } from "../model/row.ts";
import type { Frame } from "./frame.ts";

const WORDS = 28;
/** Tunnels and datagrams that may be tried at a time: each needs an IP header of its own. */
const MOST = 24;
const { source, destination } = ROW;

/**
 * What was known of a frame before a tunnel was opened, so that the flow can be that of the header around it when its
 * inside cannot be read. A stack: every `set` is followed by one `drop` or one `goBack`.
 */
export class Marks {
  private readonly words = new Int32Array(WORDS * MOST);
  private readonly views: (DataView | undefined)[] = new Array(MOST).fill(undefined);
  private readonly buffers: (Buffer | undefined)[] = new Array(MOST).fill(undefined);
  count = 0;

  set(frame: Frame): void {
    const { words } = this;
    const at = this.count * WORDS;
    const { rows, row, addresses, stack } = frame;
    words[at] = rows[row + source];
    words[at + 1] = rows[row + destination];
    for (let n = 0; n < 8; n += 1) words[at + 2 + n] = addresses[(row >> 1) + n];
    words[at + 10] = frame.end;
    words[at + 11] = frame.wireEnd;
    words[at + 12] = frame.vlans;
    words[at + 13] = frame.tagCount;
    words[at + 14] = frame.space;
    words[at + 15] = frame.flags;
    words[at + 16] = frame.mac;
    words[at + 17] = frame.ip;
    words[at + 18] = frame.ipHeaders;
    words[at + 19] = frame.isInIp ? 1 : 0;
    words[at + 20] = frame.isInDatagram ? 1 : 0;
    words[at + 21] = stack.layerCount;
    words[at + 22] = stack.carrierCount;
    words[at + 23] = frame.fragmentedAt;
    this.views[this.count] = frame.view;
    this.buffers[this.count] = frame.bytes;
    this.count += 1;
  }

  drop(): void {
    this.count -= 1;
  }

  goBack(frame: Frame): void {
    this.count -= 1;
    const { words } = this;
    const at = this.count * WORDS;
    const { rows, row, addresses, stack } = frame;
    rows[row + source] = words[at];
    rows[row + destination] = words[at + 1];
    for (let n = 0; n < 8; n += 1) addresses[(row >> 1) + n] = words[at + 2 + n];
    frame.end = words[at + 10];
    frame.wireEnd = words[at + 11];
    frame.vlans = words[at + 12];
    frame.tagCount = words[at + 13];
    frame.space = words[at + 14];
    frame.flags = words[at + 15];
    frame.mac = words[at + 16];
    frame.ip = words[at + 17];
    frame.ipHeaders = words[at + 18];
    frame.isInIp = words[at + 19] === 1;
    frame.isInDatagram = words[at + 20] === 1;
    stack.layerCount = words[at + 21];
    stack.carrierCount = words[at + 22];
    frame.fragmentedAt = words[at + 23];
    frame.view = this.views[this.count] ?? frame.view;
    frame.bytes = this.buffers[this.count] ?? frame.bytes;
  }
}
