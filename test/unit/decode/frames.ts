import { PacketBlock } from "../../../src/model/packet.ts";

/** Builds frames from the standards, field by field. Lengths and defaults are right unless a case says otherwise. */

export const u8 = (...bytes: number[]) => Buffer.from(bytes);
export const u16 = (n: number) => u8((n >> 8) & 255, n & 255);
export const u32 = (n: number) => u8((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
export const cat = (...parts: Uint8Array[]) => Buffer.concat(parts);
export const mac = (text: string) => Buffer.from(text.replaceAll(":", ""), "hex");
export const v4 = (text: string) => Buffer.from(text.split(".").map(Number));
export function v6(text: string): Buffer {
  const [head, tail = ""] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = groups(tail);
  return cat(...[...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right].map(u16));
}

export const MAC_A = "02:00:00:00:00:0a";
export const MAC_B = "02:00:00:00:00:0b";

export function ethernet(
  etherType: number,
  payload: Uint8Array,
  { to = MAC_B, from = MAC_A, tags = [] as [number, number][] } = {},
): Buffer {
  return cat(mac(to), mac(from), ...tags.map(([protocol, id]) => cat(u16(protocol), u16(id))), u16(etherType), payload);
}

export interface Ipv4Fields {
  from?: string;
  to?: string;
  protocol?: number;
  options?: Uint8Array;
  id?: number;
  /** Flags and offset, as the 16-bit field. */
  fragment?: number;
  total?: number;
  first?: number;
}

export function ipv4(payload: Uint8Array, fields: Ipv4Fields = {}): Buffer {
  const { from = "10.0.0.1", to = "192.0.2.9", protocol = 17, options = u8(), id = 1, fragment = 0 } = fields;
  const headerBytes = 20 + options.length;
  const first = fields.first ?? 0x40 | (headerBytes / 4);
  const total = fields.total ?? headerBytes + payload.length;
  return cat(u8(first, 0), u16(total), u16(id), u16(fragment), u8(64, protocol), u16(0), v4(from), v4(to), options, payload);
}

export function ipv6(
  payload: Uint8Array,
  { from = "2001:db8::1", to = "2001:db8::2", next = 17, bytes = payload.length, first = 0x60 } = {},
): Buffer {
  return cat(u8(first, 0, 0, 0), u16(bytes), u8(next, 64), v6(from), v6(to), payload);
}

export const TCP = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 };

export function tcp(
  fromPort: number,
  toPort: number,
  flags: number,
  { seq = 0, ack = 0, payload = u8() as Uint8Array, offset = 5 } = {},
): Buffer {
  const options = Buffer.alloc(offset > 5 ? (offset - 5) * 4 : 0, 1);
  return cat(u16(fromPort), u16(toPort), u32(seq), u32(ack), u8(offset << 4, flags), u16(1024), u16(0), u16(0), options, payload);
}

export function udp(fromPort: number, toPort: number, payload: Uint8Array = u8(1, 2, 3, 4), length = 8 + payload.length): Buffer {
  return cat(u16(fromPort), u16(toPort), u16(length), u16(0), payload);
}

export function icmp(type: number, code: number, rest: Uint8Array = u8(0, 1, 0, 1)): Buffer {
  return cat(u8(type, code), u16(0), rest);
}

export function sctp(fromPort: number, toPort: number, chunk: number): Buffer {
  return cat(u16(fromPort), u16(toPort), u32(0), u32(0), u8(chunk, 0), u16(4));
}

export interface Packet {
  frame: Uint8Array;
  micros?: number;
  wire?: number;
  captured?: number;
  linkType?: number;
  strippedTag?: number;
}

export function blockOf(packets: readonly (Packet | Uint8Array)[], block = new PacketBlock()): PacketBlock {
  const list = packets.map((packet) => (packet instanceof Uint8Array ? { frame: packet } : packet)) as Packet[];
  block.reset(cat(u8(0xee), ...list.map(({ frame }) => frame), u8(0xee)));
  let at = 1;
  for (const [index, { frame, micros = 1e15 + index * 1000, wire, captured, linkType = 1, strippedTag = 0 }] of list.entries()) {
    block.offset[index] = at;
    block.captured[index] = Math.min(captured ?? frame.length, frame.length);
    block.wire[index] = wire ?? frame.length;
    block.timeMicros[index] = micros;
    block.linkType[index] = linkType;
    block.strippedTag[index] = strippedTag;
    at += frame.length;
  }
  block.count = list.length;
  return block;
}
