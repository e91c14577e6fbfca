import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { DnsQuestion, Resolution } from "../model/facts.ts";
import { nameEnd, readName } from "./dns-names.ts";
import { type DnsState, questionOf } from "./dns-state.ts";
import { responseCodeName, typeName } from "./dns-words.ts";
import { netbiosName } from "./nbns-names.ts";
import type { Stream } from "./stream.ts";

/** Records of one message that are read; more are counted as a limit. */
const MAX_RECORDS = 256;
const MAX_CHAIN = 32;
const HEADER_BYTES = 12;

const A = 1;
const NS = 2;
const CNAME = 5;
const SOA = 6;
const PTR = 12;
const MX = 15;
const AAAA = 28;
const SRV = 33;
const DNAME = 39;
const OPT = 41;
const SVCB = 64;
const HTTPS = 65;
const NETBIOS_NAME = 32;
const ECH_PARAMETER = 5;
const MAX_PARAMETERS = 16;

/** Addresses (four words each) and aliases of the last message, for `resolutionOf`; valid up to their counts. */
const owners: string[] = [];
const addresses = new Int32Array(MAX_RECORDS * 4);
const addressTtls: number[] = [];
let addressCount = 0;
const aliasOwners: string[] = [];
const aliasTargets: string[] = [];
const aliasTtls: number[] = [];
let aliasCount = 0;

/**
 * Reads `count` resource records from `at` (RFC 1035 §4.1.3) into the question's answers, where details are wanted; in a
 * message that asks nothing each record counts as a question of its own name and type. False when a record breaks the
 * rules or is cut.
 */
export function readAnswers(
  stream: Stream,
  state: DnsState,
  askedName: string | undefined,
  question: DnsQuestion | undefined,
  base: number,
  at: number,
  end: number,
  count: number,
): boolean {
  const { bytes } = stream;
  const isNetbios = state.kind === "nbns";
  addressCount = 0;
  aliasCount = 0;
  let position = at;
  let lastOffset = -1;
  let owner = "";
  for (let n = 0; n < count; n += 1) {
    if (n === MAX_RECORDS) {
      stream.lose("dissect_limit");
      return true;
    }
    // Most owners are a pointer to the name that was asked, or to the same place as the one before.
    const isPointer = position + 1 < end && bytes[position] >= 0xc0;
    const offset = isPointer ? ((bytes[position] & 0x3f) << 8) | bytes[position + 1] : -1;
    let after = position + 2;
    if (offset < 0 || offset !== lastOffset) {
      if (offset === HEADER_BYTES && askedName !== undefined) owner = askedName;
      else {
        const name = readName(bytes, base, position, end);
        if (name === undefined) return false;
        owner = name;
        after = nameEnd;
      }
      lastOffset = offset;
    }
    if (after + 10 > end) return false;
    const type = bytes.readUInt16BE(after);
    const ttl = bytes.readUInt32BE(after + 4);
    const data = after + 10;
    const dataEnd = data + bytes.readUInt16BE(after + 8);
    if (dataEnd > end) return false;
    if (type === OPT) {
      position = dataEnd;
      continue;
    }
    const listed = askedName !== undefined ? question : entryOf(stream, state, owner, type, base);
    const entry = stream.isDetailed ? listed : undefined;
    if (isNetbios) listAnswer(stream, entry, netbiosAddress(bytes, type, data, dataEnd));
    else if (type === A || type === AAAA) {
      if (dataEnd - data !== (type === A ? 4 : 16)) return false;
      takeAddress(bytes, type, data);
      if (entry !== undefined) listAnswer(stream, entry, addressText());
      if (askedName !== undefined) {
        owners[addressCount] = owner;
        addressTtls[addressCount] = ttl;
        addressCount += 1;
      }
    } else {
      const text = dataText(bytes, base, type, data, dataEnd);
      if (text === undefined) return false;
      listAnswer(stream, entry, text);
      if ((type === SVCB || type === HTTPS) && offersEch(bytes, nameEnd, dataEnd)) {
        const dns = (stream.facts.dns ??= { questions: [] });
        stream.add((dns.echOffered ??= []), askedName ?? owner);
      }
      if (type === CNAME && askedName !== undefined) {
        aliasOwners[aliasCount] = owner;
        aliasTargets[aliasCount] = text;
        aliasTtls[aliasCount] = ttl;
        aliasCount += 1;
      }
    }
    position = dataEnd;
  }
  return true;
}

/** Where the answers of a message that asks nothing go. */
function entryOf(stream: Stream, state: DnsState, owner: string, type: number, base: number): DnsQuestion | undefined {
  const isNetbios = state.kind === "nbns";
  const entry = questionOf(stream, state, isNetbios ? netbiosName(owner) : owner, typeName(type, isNetbios));
  if (entry !== undefined) entry.responseCode = responseCodeName(stream.bytes[base + 3] & 15);
  return entry;
}

function listAnswer(stream: Stream, entry: DnsQuestion | undefined, text: string): void {
  if (entry !== undefined && text !== "") stream.add((entry.answers ??= []), text);
}

/** What the last message says of `name`: its aliases followed, in whatever order the records stood; undefined without addresses. */
export function resolutionOf(name: string, atMicros: number): Resolution | undefined {
  if (addressCount === 0) return undefined;
  const aliases: string[] = [];
  let ttl = Number.POSITIVE_INFINITY;
  let current = name;
  while (aliases.length < MAX_CHAIN) {
    let index = 0;
    while (index < aliasCount && aliasOwners[index] !== current) index += 1;
    if (index === aliasCount || aliases.includes(aliasTargets[index]) || aliasTargets[index] === name) break;
    current = aliasTargets[index];
    aliases.push(current);
    ttl = Math.min(ttl, aliasTtls[index]);
  }
  const found: number[] = [];
  for (let n = 0; n < addressCount; n += 1) {
    if (owners[n] !== current) continue;
    addDistinct(found, n * 4);
    ttl = Math.min(ttl, addressTtls[n]);
  }
  return found.length === 0 ? undefined : { name, addresses: found, aliases, ttlSeconds: ttl, atMicros };
}

/** Adds the address at `addresses[at]`, unless it is among them. */
function addDistinct(found: number[], at: number): void {
  for (let n = 0; n < found.length; n += 4)
    if (
      found[n + 3] === addresses[at + 3] &&
      found[n + 2] === addresses[at + 2] &&
      found[n + 1] === addresses[at + 1] &&
      found[n] === addresses[at]
    )
      return;
  found.push(addresses[at], addresses[at + 1], addresses[at + 2], addresses[at + 3]);
}

/** Puts the address of an A or AAAA record where the next one is due. */
function takeAddress(bytes: Buffer, type: number, data: number): void {
  const at = addressCount * 4;
  const isV4 = type === A;
  addresses[at] = isV4 ? 0 : bytes.readInt32BE(data);
  addresses[at + 1] = isV4 ? 0 : bytes.readInt32BE(data + 4);
  addresses[at + 2] = isV4 ? V4_MAPPED : bytes.readInt32BE(data + 8);
  addresses[at + 3] = bytes.readInt32BE(isV4 ? data : data + 12);
}

function addressText(): string {
  const at = addressCount * 4;
  return formatAddress(addresses[at], addresses[at + 1], addresses[at + 2], addresses[at + 3]);
}

/** Text of names in record data; "" for data of another kind, undefined when it breaks the rules. */
function dataText(bytes: Buffer, base: number, type: number, start: number, end: number): string | undefined {
  switch (type) {
    case CNAME:
    case NS:
    case PTR:
    case SOA:
    case DNAME:
      return readName(bytes, base, start, end);
    case MX:
    case SVCB:
    case HTTPS:
      return targetText(bytes, base, start + 2, end);
    case SRV:
      return targetText(bytes, base, start + 6, end);
    default:
      return "";
  }
}

/** True when the parameters of a service binding, which begin at `at`, have one for encrypted hellos (RFC 9460 §2.2, §14.3.2). */
function offersEch(bytes: Buffer, at: number, end: number): boolean {
  let position = at;
  for (let n = 0; n < MAX_PARAMETERS && position + 4 <= end; n += 1) {
    if (bytes.readUInt16BE(position) === ECH_PARAMETER) return bytes.readUInt16BE(position + 2) > 0;
    position += 4 + bytes.readUInt16BE(position + 2);
  }
  return false;
}

/** A target of "." means the owner itself, or none: nothing to tell. */
function targetText(bytes: Buffer, base: number, at: number, end: number): string | undefined {
  const name = readName(bytes, base, at, end);
  return name === "." ? "" : name;
}

/** The first address of a NB record (RFC 1002 §4.2.2). */
function netbiosAddress(bytes: Buffer, type: number, start: number, end: number): string {
  return type === NETBIOS_NAME && end - start >= 6 ? formatAddress(0, 0, V4_MAPPED, bytes.readInt32BE(start + 2)) : "";
}
