import { parseAddress } from "../lib/ip.ts";

/** Builds Ethernet frames with right lengths and checksums, for the synthetic hospital. */

export interface Host {
  address: string;
  mac: string;
}

export interface Segment {
  from: Host;
  to: Host;
  vlan?: number | undefined;
  fromPort: number;
  toPort: number;
  payload: Buffer;
}

export const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const TCP = 6;
const UDP = 17;

export function tcpFrame(segment: Segment, tcp: { sequence: number; acknowledge: number; flags: number }): Buffer {
  const isSyn = (tcp.flags & TCP_FLAGS.syn) !== 0;
  const header = Buffer.alloc(isSyn ? 24 : 20);
  header.writeUInt16BE(segment.fromPort, 0);
  header.writeUInt16BE(segment.toPort, 2);
  header.writeUInt32BE(tcp.sequence >>> 0, 4);
  header.writeUInt32BE(tcp.acknowledge >>> 0, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = tcp.flags;
  header.writeUInt16BE(64_240, 14);
  if (isSyn) header.set([2, 4, 0x05, 0xb4], 20); // maximum segment size 1460
  return ipFrame(segment, TCP, Buffer.concat([header, segment.payload]), 16);
}

export function udpFrame(segment: Segment): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(segment.fromPort, 0);
  header.writeUInt16BE(segment.toPort, 2);
  header.writeUInt16BE(8 + segment.payload.length, 4);
  return ipFrame(segment, UDP, Buffer.concat([header, segment.payload]), 6);
}

function ipFrame(segment: Segment, protocol: number, body: Buffer, checksumAt: number): Buffer {
  const isIpv4 = !segment.from.address.includes(":");
  const from = addressBytes(segment.from.address);
  const to = addressBytes(segment.to.address);
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(body.length, 0);
  pseudo.writeUInt32BE(protocol, 4);
  body.writeUInt16BE(checksum(from, to, pseudo, body) || 0xffff, checksumAt);
  const header = Buffer.alloc(isIpv4 ? 20 : 40);
  if (isIpv4) {
    header[0] = 0x45;
    header.writeUInt16BE(20 + body.length, 2);
    header.writeUInt16BE(0x4000, 6);
    header[8] = 64;
    header[9] = protocol;
    header.set(from, 12);
    header.set(to, 16);
    header.writeUInt16BE(checksum(header), 10);
  } else {
    header[0] = 0x60;
    header.writeUInt16BE(body.length, 4);
    header[6] = protocol;
    header[7] = 64;
    header.set(from, 8);
    header.set(to, 24);
  }
  return Buffer.concat([ethernet(segment, isIpv4 ? 0x0800 : 0x86dd), header, body]);
}

function ethernet(segment: Segment, etherType: number): Buffer {
  const macs = Buffer.concat([macBytes(segment.to.mac), macBytes(segment.from.mac)]);
  const tag = segment.vlan === undefined ? Buffer.alloc(0) : Buffer.from([0x81, 0, segment.vlan >> 8, segment.vlan & 255]);
  return Buffer.concat([macs, tag, Buffer.from([etherType >> 8, etherType & 255])]);
}

function macBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

export function addressBytes(text: string): Buffer {
  const words = parseAddress(text);
  if (!words) throw new Error(`demo: ${text} is no address`);
  const bytes = Buffer.alloc(16);
  for (const [index, word] of words.entries()) bytes.writeInt32BE(word, index * 4);
  return text.includes(":") ? bytes : bytes.subarray(12);
}

/** The Internet checksum (RFC 1071) over several parts, each of even length but the last. */
function checksum(...parts: Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at + 1 < part.length; at += 2) sum += part.readUInt16BE(at);
    if (part.length % 2 === 1) sum += part[part.length - 1] << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
