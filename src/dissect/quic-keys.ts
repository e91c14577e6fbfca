import { createDecipheriv } from "node:crypto";
import { type HmacKey, hmacSha256, prepareHmacKey } from "../lib/sha256.ts";
import { aesBlock, aesSchedule } from "./quic-aes.ts";
import type { QuicVersion } from "./quic-versions.ts";

const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;
/** Most bytes of a packet that are opened: a jumbo frame. */
const LONGEST_OPENED = 9216;

/** Keys of one side's first packets (RFC 9001 §5.2). */
export interface InitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerKey: Buffer;
  /** `headerKey` as AES uses it. */
  readonly schedule: Int32Array;
}

/** HkdfLabel (RFC 8446 §7.1) of an empty context, with the counter of the one block that is made (RFC 5869 §2.3). */
function label(text: string, bytes: number): Buffer {
  const name = `tls13 ${text}`;
  return Buffer.from([0, bytes, name.length, ...Buffer.from(name), 0, 1]);
}

const CLIENT = label("client in", 32);
const SERVER = label("server in", 32);
const VERSION_1 = { key: label("quic key", 16), iv: label("quic iv", 12), header: label("quic hp", 16) };
const VERSION_2 = { key: label("quicv2 key", 16), iv: label("quicv2 iv", 12), header: label("quicv2 hp", 16) };

const salted = new Map<Buffer, HmacKey>();
const prepared = new Int32Array(16);
const secret = new Uint8Array(32);

function saltKey(salt: Buffer): HmacKey {
  let key = salted.get(salt);
  if (key === undefined) {
    key = new Int32Array(16);
    prepareHmacKey(salt, key);
    salted.set(salt, key);
  }
  return key;
}

/** Keys of the client (the server) whose first packet went to (answers one that went to) connection `id`; anybody on the way can make them. */
export function initialKeys({ isV2 }: QuicVersion, salt: Buffer, id: Uint8Array, isServer = false): InitialKeys {
  hmacSha256(saltKey(salt), id, secret);
  prepareHmacKey(secret, prepared);
  hmacSha256(prepared, isServer ? SERVER : CLIENT, secret);
  prepareHmacKey(secret, prepared);
  const labels = isV2 ? VERSION_2 : VERSION_1;
  const headerKey = derived(labels.header, 16);
  return { key: derived(labels.key, 16), iv: derived(labels.iv, 12), headerKey, schedule: aesSchedule(headerKey) };
}

const output = new Uint8Array(32);

function derived(name: Buffer, bytes: number): Buffer {
  hmacSha256(prepared, name, output);
  return Buffer.from(output.subarray(0, bytes));
}

const mask = new Uint8Array(SAMPLE_BYTES);

/**
 * The frames of a protected packet (RFC 9001 §5.3, §5.4) that begins at `start`, has its number at `numberAt` and ends at
 * `packetEnd`; undefined when the keys do not fit. Of a packet that is cut at `end`, what is there, on trust.
 */
export function openInitial(
  keys: InitialKeys,
  bytes: Buffer,
  start: number,
  numberAt: number,
  packetEnd: number,
  end: number,
): Buffer | undefined {
  const sampleAt = numberAt + 4;
  if (sampleAt + SAMPLE_BYTES > end || packetEnd - numberAt > LONGEST_OPENED) return undefined;
  aesBlock(keys.schedule, bytes, sampleAt, mask);
  const first = bytes[start] ^ (mask[0] & 0x0f);
  const numberBytes = (first & 3) + 1;
  const sealedAt = numberAt + numberBytes;
  const isWhole = packetEnd <= end;
  const sealedEnd = Math.min(packetEnd - TAG_BYTES, end);
  if (sealedEnd <= sealedAt) return undefined;
  const head = Buffer.from(bytes.subarray(start, sealedAt));
  const nonce = Buffer.from(keys.iv);
  head[0] = first;
  for (let n = 0; n < numberBytes; n += 1) {
    head[numberAt - start + n] ^= mask[1 + n];
    nonce[nonce.length - numberBytes + n] ^= head[numberAt - start + n];
  }
  const opener = createDecipheriv("aes-128-gcm", keys.key, nonce, { authTagLength: TAG_BYTES }).setAAD(head);
  const frames = opener.update(bytes.subarray(sealedAt, sealedEnd));
  if (!isWhole) return frames;
  opener.setAuthTag(bytes.subarray(packetEnd - TAG_BYTES, packetEnd));
  try {
    opener.final();
  } catch {
    // Its only way to say that the tag does not fit.
    return undefined;
  }
  return frames;
}
