import { formatAddress, parseAddress } from "../lib/ip.ts";
import { head } from "./http-head.ts";
import type { Stream } from "./stream.ts";

/** Of a longer field the end is read: what stands there was added last, by whoever is nearest. */
const LONGEST_FIELD = 1024;
/** Hops kept of one request, the nearest ones. */
const MOST_HOPS = 8;
/** A "for" parameter, as a token or quoted (RFC 7239 §4). */
const FOR = /(?:^|;)\s*for\s*=\s*(?:"([^"\\]*)"|([^\s;"]*))/i;
/** Space around, then an address with or without a port: "192.0.2.43:47011", "[2001:db8::17]:4711" (RFC 7239 §6). */
const NODE = /^\s*(?:\[([0-9a-f:.]+)\](?::\d{1,5})?|([\d.]+)(?::\d{1,5})?|([0-9a-f:.]+))\s*$/i;

/**
 * Whom the request in `head` was passed on for: the addresses of X-Forwarded-For, or of Forwarded (RFC 7239), client first. Only
 * addresses are kept, and only those right of anything that is none ("unknown", a made-up name, a word): what a hop hides, the
 * ones before it cannot be relied on to tell. Of two fields the last hops that both have count: where they differ, one of them is not
 * the proxies' own.
 */
export function takeForwarded(stream: Stream): void {
  const { bytes } = stream;
  const { forwardedFor, forwarded } = head;
  if (forwardedFor.end === 0 && forwarded.end === 0) return;
  const listed = hopsOf(bytes, forwardedFor.start, forwardedFor.end, (hop) => hop);
  const standard = hopsOf(bytes, forwarded.start, forwarded.end, forOf);
  const hops = forwardedFor.end === 0 ? standard : forwarded.end === 0 ? listed : lastOfBoth(listed, standard);
  if (hops.length === 0) return;
  const { facts } = stream;
  facts.forwarded ??= { for: [] };
  const known = facts.forwarded.for.length;
  stream.add(facts.forwarded.for, hops.join(", "));
  if (facts.forwarded.for.length > known) stream.report();
  else if (known === 0) delete facts.forwarded;
}

function hopsOf(bytes: Buffer, start: number, end: number, nodeOf: (hop: string) => string): string[] {
  const hops: string[] = [];
  const parts = bytes.toString("latin1", Math.max(start, end - LONGEST_FIELD), end).split(",");
  const isWhole = end - start <= LONGEST_FIELD;
  for (let n = parts.length - 1; n >= (isWhole ? 0 : 1) && hops.length < MOST_HOPS; n -= 1) {
    const address = addressOf(nodeOf(parts[n]));
    if (address === undefined) break;
    hops.unshift(address);
  }
  return hops;
}

function lastOfBoth(a: readonly string[], b: readonly string[]): readonly string[] {
  let same = 0;
  while (same < a.length && same < b.length && a[a.length - 1 - same] === b[b.length - 1 - same]) same += 1;
  return a.slice(a.length - same);
}

function forOf(hop: string): string {
  const match = FOR.exec(hop);
  return match?.[1] ?? match?.[2] ?? "";
}

function addressOf(node: string): string | undefined {
  const match = NODE.exec(node);
  const words = match === null ? undefined : parseAddress(match[1] ?? match[2] ?? match[3]);
  return words === undefined ? undefined : formatAddress(words[0], words[1], words[2], words[3]);
}
