import { PCAP_HEADER_BYTES, PcapReader, pcapByteOrder } from "./pcap.ts";
import { PcapngReader, SECTION_HEADER, SECTION_HEADER_BYTES } from "./pcapng.ts";
import type { RecordReader } from "./record-reader.ts";

/** What people give to a packet tool by mistake, by its first bytes; and what to do about it. */
const OTHERS: readonly (readonly [hex: string, advice: string])[] = [
  ["28b52ffd", "it is packed with zstd: use `zstd -dc FILE | … -`"],
  ["fd377a58", "it is packed with xz: use `xz -dc FILE | … -`"],
  ["425a68", "it is packed with bzip2: use `bzip2 -dc FILE | … -`"],
  ["504b0304", "it is a zip archive: unpack it first"],
  ["736e6f6f70", "it is a Solaris snoop file: convert it with `editcap -F pcapng`"],
  ["474d4255", "it is a Network Monitor file: convert it with `editcap -F pcapng`"],
  ["52545353", "it is a Network Monitor file: convert it with `editcap -F pcapng`"],
];

export function isGzip(head: Buffer): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** The reader for a file that starts with these bytes, "short" when they may be too few, or why it is no capture. */
export function readerFor(head: Buffer): { reader: RecordReader; headerBytes: number } | "short" | { notCapture: string } {
  if (head.length < 4) return "short";
  if (head.readUInt32LE(0) === SECTION_HEADER)
    return head.length < SECTION_HEADER_BYTES ? "short" : { reader: new PcapngReader(), headerBytes: 0 };
  if (pcapByteOrder(head))
    return head.length < PCAP_HEADER_BYTES ? "short" : { reader: new PcapReader(head), headerBytes: PCAP_HEADER_BYTES };
  const hex = head.toString("hex", 0, 8);
  return { notCapture: OTHERS.find(([start]) => hex.startsWith(start))?.[1] ?? "it starts like none" };
}
