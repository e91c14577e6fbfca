import { parsePrefix } from "../../../../src/lib/ip.ts";

export type Writable = string | number | boolean | { [key: string]: Writable };

const BITS = 28 as const;

/** A small MMDB file made from the format's specification (MaxMind DB 2.0): prefixes in order, longer ones after shorter ones. */
export function mmdbOf(
  networks: [prefix: string, record: Writable][],
  options: { recordSize?: 24 | 28 | 32; ipVersion?: 4 | 6; v4Aliases?: string[]; metadata?: Record<string, Writable> } = {},
): Buffer {
  const { recordSize = BITS, ipVersion = 6, v4Aliases = [] } = options;
  type Node = [Child, Child];
  type Child = Node | number | undefined;
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  let dataBytes = 0;
  const bitsOf = (prefix: string): number[] => {
    const range = parsePrefix(prefix);
    if (!range) throw new Error(prefix);
    const isV4 = !prefix.includes(":");
    const words = isV4 && ipVersion === 6 ? [0, 0, 0, range.first[3]] : [...range.first];
    const from = ipVersion === 4 ? 96 : 0;
    const length = (isV4 ? 96 : 0) + range.length;
    return Array.from({ length: length - from }, (_, n) => (words[(n + from) >>> 5] >>> (31 - ((n + from) & 31))) & 1);
  };
  const put = (bits: number[], child: Child) => {
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const next = node[bit];
      if (Array.isArray(next)) node = next;
      else node = node[bit] = [next, next];
    }
    node[bits.at(-1) as number] = child;
  };
  for (const [prefix, record] of networks) {
    const bytes = encode(record);
    put(bitsOf(prefix), dataBytes);
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const v4Root = bitsOf("0.0.0.0/0").reduce<Child>((node, bit) => (Array.isArray(node) ? node[bit] : undefined), root);
  for (const alias of v4Aliases) put(bitsOf(alias), v4Root);

  const nodes: Node[] = [];
  const numbers = new Map<Node, number>();
  const visit = (node: Node) => {
    if (numbers.has(node)) return;
    numbers.set(node, nodes.push(node) - 1);
    for (const child of node) if (Array.isArray(child)) visit(child);
  };
  visit(root);
  const recordOf = (child: Child) =>
    child === undefined ? nodes.length : Array.isArray(child) ? numbers.get(child)! : nodes.length + 16 + child;
  const tree = Buffer.alloc((nodes.length * recordSize) / 4);
  nodes.forEach((node, n) => {
    const [left, right] = [recordOf(node[0]), recordOf(node[1])];
    const at = (n * recordSize) / 4;
    if (recordSize === 24) {
      tree.writeUIntBE(left, at, 3);
      tree.writeUIntBE(right, at + 3, 3);
    } else if (recordSize === 32) {
      tree.writeUInt32BE(left, at);
      tree.writeUInt32BE(right, at + 4);
    } else {
      tree.writeUIntBE(left & 0xffffff, at, 3);
      tree[at + 3] = ((left >>> 24) << 4) | (right >>> 24);
      tree.writeUIntBE(right & 0xffffff, at + 4, 3);
    }
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_780_000_000,
    database_type: "test",
    ip_version: ipVersion,
    node_count: nodes.length,
    record_size: recordSize,
    ...options.metadata,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from("\xab\xcd\xefMaxMind.com", "latin1"), metadata]);
}

export function encode(value: Writable): Buffer {
  if (typeof value === "string") return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "boolean") return control(14, value ? 1 : 0);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])]);
}

function control(type: number, size: number): Buffer {
  const head = type < 8 ? [type << 5] : [0, type - 7];
  if (size < 29) head[0] |= size;
  else {
    head[0] |= 29;
    head.push(size - 29);
  }
  return Buffer.from(head);
}
