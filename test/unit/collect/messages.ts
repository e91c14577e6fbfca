/** Builds export messages from the standards, byte by byte. */

export const u8 = (n: number) => [n & 255];
export const u16 = (n: number) => [(n >>> 8) & 255, n & 255];
export const u32 = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
export const u64 = (n: number) => [...u32(Math.floor(n / 2 ** 32)), ...u32(n % 2 ** 32)];
export const v4 = (text: string) => text.split(".").map(Number);
/** Full form only: eight groups. */
export const v6 = (text: string) => text.split(":").flatMap((group) => u16(Number.parseInt(group, 16)));

/** Sent at this second. */
export const SENT = 1_700_000_000;
export const UPTIME_MS = 5_000_000;

/** [element, bytes] or [element, bytes, enterprise]. */
export type Field = readonly [number, number, number?];

export function v5(records: number[][], { version = 5, count = records.length, sequence = 0, sampling = 0 } = {}): Buffer {
  const head = [...u16(version), ...u16(count), ...u32(UPTIME_MS), ...u32(SENT), ...u32(0), ...u32(sequence), ...u16(0), ...u16(sampling)];
  return Buffer.from([...head, ...records.flat()]);
}

/** A record of version 5 ("NetFlow Export Datagram Formats", table B-4), or 7 with four bytes more. */
export function v5Record({ protocol = 6, flags = 0x1b, from = 40_000, to = 443, version = 5 } = {}): number[] {
  return [
    ...v4("10.0.0.1"),
    ...v4("192.0.2.9"),
    ...v4("10.0.0.254"),
    ...u16(3),
    ...u16(7),
    ...u32(12),
    ...u32(3456),
    ...u32(UPTIME_MS - 9000),
    ...u32(UPTIME_MS - 1000),
    ...u16(from),
    ...u16(to),
    0,
    flags,
    protocol,
    0,
    ...u16(0),
    ...u16(0),
    24,
    24,
    ...u16(0),
    ...(version === 7 ? u32(0) : []),
  ];
}

export const set = (id: number, body: number[], length = body.length + 4) => [...u16(id), ...u16(length), ...body];

export function v9(sets: number[][], { sequence = 0, source = 5, uptimeMs = UPTIME_MS, seconds = SENT } = {}): Buffer {
  return Buffer.from([...u16(9), ...u16(sets.length), ...u32(uptimeMs), ...u32(seconds), ...u32(sequence), ...u32(source), ...sets.flat()]);
}

export const v9Template = (id: number, fields: readonly Field[]) =>
  set(0, [...u16(id), ...u16(fields.length), ...fields.flatMap(([type, length]) => [...u16(type), ...u16(length)])]);

export const v9Options = (id: number, scopes: readonly Field[], fields: readonly Field[]) =>
  set(1, [
    ...u16(id),
    ...u16(scopes.length * 4),
    ...u16(fields.length * 4),
    ...[...scopes, ...fields].flatMap(([type, length]) => [...u16(type), ...u16(length)]),
  ]);

export function ipfix(
  sets: number[][],
  { sequence = 0, domain = 7, length = undefined as number | undefined, seconds = SENT } = {},
): Buffer {
  const body = sets.flat();
  return Buffer.from([...u16(10), ...u16(length ?? 16 + body.length), ...u32(seconds), ...u32(sequence), ...u32(domain), ...body]);
}

const ipfixFields = (fields: readonly Field[]) =>
  fields.flatMap(([element, length, enterprise]) =>
    enterprise === undefined ? [...u16(element), ...u16(length)] : [...u16(element | 0x8000), ...u16(length), ...u32(enterprise)],
  );

export const ipfixTemplate = (id: number, fields: readonly Field[]) => set(2, [...u16(id), ...u16(fields.length), ...ipfixFields(fields)]);

export const ipfixOptions = (id: number, scopes: number, fields: readonly Field[]) =>
  set(3, [...u16(id), ...u16(fields.length), ...u16(scopes), ...ipfixFields(fields)]);

/** Source, destination, ports, protocol, bytes, packets. */
export const PLAIN: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 4],
  [2, 4],
];
export const plainRecord = (bytes = 1500, from = "10.0.0.1", to = "192.0.2.9", ports: [number, number] = [50_000, 443], protocol = 6) => [
  ...v4(from),
  ...v4(to),
  ...u16(ports[0]),
  ...u16(ports[1]),
  protocol,
  ...u32(bytes),
  ...u32(4),
];

/** An Ethernet frame with a UDP datagram of 8 bytes of payload. */
export const frame = (from = "10.0.0.1", to = "192.0.2.9", vlan = 0) => [
  2,
  0,
  0,
  0,
  0,
  1,
  2,
  0,
  0,
  0,
  0,
  2,
  ...(vlan === 0 ? [] : [0x81, 0, ...u16(vlan)]),
  8,
  0,
  0x45,
  0,
  ...u16(36),
  0,
  1,
  0,
  0,
  64,
  17,
  0,
  0,
  ...v4(from),
  ...v4(to),
  ...u16(5000),
  ...u16(53),
  ...u16(16),
  0,
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
];

export function sflow(samples: number[][], { sequence = 0, count = samples.length, agent = "10.9.9.9" } = {}): Buffer {
  return Buffer.from([...u32(5), ...u32(1), ...v4(agent), ...u32(0), ...u32(sequence), ...u32(1000), ...u32(count), ...samples.flat()]);
}

const tagged = (format: number, body: number[]) => [...u32(format), ...u32(body.length), ...body];
const padded = (bytes: number[]) => [...bytes, ...Array((4 - (bytes.length % 4)) % 4).fill(0)];

export const rawHeader = (bytes: number[], frameBytes = bytes.length + 4, protocol = 1) =>
  tagged(1, [...u32(protocol), ...u32(frameBytes), ...u32(4), ...u32(bytes.length), ...padded(bytes)]);

export const flowSample = (records: number[][], { rate = 512, input = 3, output = 7, source = 3 } = {}) =>
  tagged(1, [
    ...u32(1),
    ...u32(source),
    ...u32(rate),
    ...u32(0),
    ...u32(0),
    ...u32(input),
    ...u32(output),
    ...u32(records.length),
    ...records.flat(),
  ]);

export const expandedSample = (records: number[][], rate = 512) =>
  tagged(3, [
    ...u32(1),
    ...u32(0),
    ...u32(7),
    ...u32(rate),
    ...u32(0),
    ...u32(0),
    ...u32(0),
    ...u32(3),
    ...u32(0),
    ...u32(7),
    ...u32(records.length),
    ...records.flat(),
  ]);

export const counterSample = () => tagged(2, [...u32(1), ...u32(3), ...u32(0)]);
export { tagged };
