/** Writes captures byte by byte, from the format drafts (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng). */
export interface Bytes {
  isLittle: boolean;
}

export function u16(value: number, { isLittle }: Bytes): Buffer {
  const out = Buffer.alloc(2);
  if (isLittle) out.writeUInt16LE(value);
  else out.writeUInt16BE(value);
  return out;
}

export function u32(value: number, { isLittle }: Bytes): Buffer {
  const out = Buffer.alloc(4);
  if (isLittle) out.writeUInt32LE(value >>> 0);
  else out.writeUInt32BE(value >>> 0);
  return out;
}

export function u64(value: bigint, { isLittle }: Bytes): Buffer {
  const out = Buffer.alloc(8);
  if (isLittle) out.writeBigInt64LE(value);
  else out.writeBigInt64BE(value);
  return out;
}

export interface PcapOptions {
  isLittle?: boolean;
  magic?: number;
  version?: [number, number];
  network?: number;
}

export function pcapHeader({ isLittle = true, magic = 0xa1b2c3d4, version = [2, 4], network = 1 }: PcapOptions = {}): Buffer {
  const o = { isLittle };
  return Buffer.concat([u32(magic, o), u16(version[0], o), u16(version[1], o), u32(0, o), u32(0, o), u32(262144, o), u32(network, o)]);
}

export function pcapRecord(
  data: Buffer,
  { seconds = 1, fraction = 0, length = data.length, original = data.length, isLittle = true, more = Buffer.alloc(0) } = {},
): Buffer {
  const o = { isLittle };
  return Buffer.concat([u32(seconds, o), u32(fraction, o), u32(length, o), u32(original, o), more, data]);
}

export function ngBlock(type: number, body: Buffer, isLittle = true): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
  const o = { isLittle };
  return Buffer.concat([u32(type, o), u32(padded.length + 12, o), padded, u32(padded.length + 12, o)]);
}

export function ngOption(code: number, value: Buffer, isLittle = true): Buffer {
  const o = { isLittle };
  return Buffer.concat([u16(code, o), u16(value.length, o), value, Buffer.alloc(-value.length & 3)]);
}

export function ngSection(isLittle = true): Buffer {
  const o = { isLittle };
  return ngBlock(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d, o), u16(1, o), u16(0, o), u64(-1n, o)]), isLittle);
}

export function ngInterface({ link = 1, snap = 0, options = Buffer.alloc(0) as Buffer, isLittle = true } = {}): Buffer {
  const o = { isLittle };
  return ngBlock(1, Buffer.concat([u16(link, o), u16(0, o), u32(snap, o), options]), isLittle);
}

export function ngPacket(data: Buffer, { id = 0, time = 0n, length = data.length, original = data.length, isLittle = true } = {}): Buffer {
  const o = { isLittle };
  return ngBlock(
    6,
    Buffer.concat([u32(id, o), u32(Number(time >> 32n), o), u32(Number(time & 0xffffffffn), o), u32(length, o), u32(original, o), data]),
    isLittle,
  );
}

export function ngObsoletePacket(data: Buffer, { id = 0, time = 0n, isLittle = true } = {}): Buffer {
  const o = { isLittle };
  return ngBlock(
    2,
    Buffer.concat([
      u16(id, o),
      u16(0, o),
      u32(Number(time >> 32n), o),
      u32(Number(time & 0xffffffffn), o),
      u32(data.length, o),
      u32(data.length, o),
      data,
    ]),
    isLittle,
  );
}

export function ngSimplePacket(data: Buffer, { original = data.length, isLittle = true } = {}): Buffer {
  return ngBlock(3, Buffer.concat([u32(original, { isLittle }), data]), isLittle);
}
