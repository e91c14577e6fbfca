import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { ProxyFacts } from "../model/facts.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const CONNECT = 1;
const BIND = 2;
const UDP = 3;
const LONGEST_TEXT = 255;

/** End of a request of version 4 or 4A (user's name, then the host's name where the address is 0.0.0.x); -1: not here, or none. */
export function requestEnd4({ bytes, start, end }: Stream): number {
  if (end - start < 9 || (bytes[start + 1] !== CONNECT && bytes[start + 1] !== BIND)) return -1;
  if (bytes.readUInt16BE(start + 2) === 0) return -1;
  const user = zeroAt(bytes, start + 8, end);
  if (user < 0 || !isNamed(bytes, start)) return user < 0 ? -1 : user + 1;
  const host = zeroAt(bytes, user + 1, end);
  return host <= user + 1 ? -1 : host + 1;
}

/** Takes the target of a request that is whole. */
export function readRequest4(stream: Stream): void {
  const { bytes, start, end } = stream;
  const port = bytes.readUInt16BE(start + 2);
  const name = zeroAt(bytes, start + 8, end) + 1;
  const host = isNamed(bytes, start)
    ? nameText(bytes, name, zeroAt(bytes, name, end))
    : formatAddress(0, 0, V4_MAPPED, bytes.readInt32BE(start + 4));
  addTarget(stream, "socks4", `${host}:${port}`);
}

/** True when at `offset` something begins that only a request of version 5 can be (RFC 1928 §4). */
export function isRequest5({ bytes, start, end }: Stream, offset: number): boolean {
  const at = start + offset;
  if (at + 4 > end || bytes[at] !== 5 || bytes[at + 1] < CONNECT || bytes[at + 1] > UDP || bytes[at + 2] !== 0) return false;
  return bytes[at + 3] === IPV4 || bytes[at + 3] === NAME || bytes[at + 3] === IPV6;
}

/** End of a request of version 5; -1: not here yet, -2: none. */
export function requestEnd5(stream: Stream): number {
  const command = stream.bytes[stream.start + 1];
  return stream.length >= 2 && (command < CONNECT || command > UDP) ? -2 : replyEnd5(stream);
}

/** End of a reply (RFC 1928 §6), which has the form of a request; -1: not here yet, -2: none. */
export function replyEnd5({ bytes, start, end }: Stream): number {
  if (end - start < 5) return -1;
  const kind = bytes[start + 3];
  const size = kind === IPV4 ? 4 : kind === IPV6 ? 16 : kind === NAME ? 1 + bytes[start + 4] : -1;
  if (size < 0 || bytes[start + 2] !== 0) return -2;
  const stop = start + 4 + size + 2;
  return stop > end ? -1 : stop;
}

/** Takes the target of a request that is whole. */
export function readRequest5(stream: Stream): void {
  const { bytes, start } = stream;
  const kind = bytes[start + 3];
  const at = start + 4;
  const word = (n: number) => bytes.readInt32BE(at + n * 4);
  const port = bytes.readUInt16BE(replyEnd5(stream) - 2);
  const host =
    kind === NAME
      ? nameText(bytes, at + 1, at + 1 + bytes[at])
      : kind === IPV4
        ? formatAddress(0, 0, V4_MAPPED, word(0))
        : `[${formatAddress(word(0), word(1), word(2), word(3))}]`;
  addTarget(stream, "socks5", `${host}:${port}`);
}

function addTarget(stream: Stream, by: ProxyFacts["by"], target: string): void {
  const { facts } = stream;
  facts.proxy ??= { targets: [], by };
  stream.add(facts.proxy.targets, target);
}

/** 0.0.0.x, x not 0: the host's name follows (SOCKS 4A). */
function isNamed(bytes: Buffer, start: number): boolean {
  return bytes.readUIntBE(start + 4, 3) === 0 && bytes[start + 7] !== 0;
}

function zeroAt(bytes: Buffer, start: number, end: number): number {
  const stop = Math.min(end, start + LONGEST_TEXT + 1);
  for (let at = start; at < stop; at += 1) if (bytes[at] === 0) return at;
  return -1;
}
