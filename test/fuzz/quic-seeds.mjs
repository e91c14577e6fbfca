/** Builders of QUIC packets, after RFC 9000, RFC 9001 and RFC 9369, on their own: nothing of what they test is used. */
import { createCipheriv, createHmac } from "node:crypto";

const u8 = (...bytes) => Buffer.from(bytes);
const u32 = (n) => u8((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const cat = (...parts) => Buffer.concat(parts);

/** Variable-length integer in two bytes, or four (RFC 9000 §16). */
const varint = (n) => (n < 64 ? u8(n) : n < 16_384 ? u8(0x40 | (n >>> 8), n & 255) : cat(u8(0x80 | (n >>> 24)), u32(n).subarray(1)));

const SALTS = {
  1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
  4278190109: "afbfec289993d24c9e9786f19c6111e04390a899",
  1798521807: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
  4278190102: "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a",
  4278190103: "c3eef712c72ebb5a11a7d2432bb46365bef9f502",
  1362113840: "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45",
  1412445488: "7ff579e5acd072915580304c43a2367c60488310",
  1412445489: "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",
};

function expand(secret, name, bytes) {
  const text = Buffer.from(`tls13 ${name}`);
  const info = cat(u8(0, bytes, text.length), text, u8(0, 1));
  return createHmac("sha256", secret).update(info).digest().subarray(0, bytes);
}

export const cryptoFrame = (offset, bytes) => cat(u8(6), varint(offset), varint(bytes.length), bytes);

/** Google's frame of its own handshake (Chromium, quic_frame.h). */
export const googleFrame = (offset, bytes) => cat(u8(8), varint(offset), varint(bytes.length), bytes);

const longHeader = (first, version, id, source) => cat(u8(first), u32(version), u8(id.length), id, u8(source.length), source);

/** An Initial packet (RFC 9000 §17.2.2), sealed with the keys of `keyId`, or of the server that answers to it. */
export function quicInitial({
  version = 1,
  id = Buffer.from("8394c8f03e515708", "hex"),
  keyId = id,
  source = Buffer.alloc(0),
  token = Buffer.alloc(0),
  number = 2,
  frames,
  isServer = false,
  padTo = 0,
}) {
  const isV2 = version === 0x6b3343cf;
  const prefix = isV2 ? "quicv2" : "quic";
  const initial = createHmac("sha256", Buffer.from(SALTS[version], "hex")).update(keyId).digest();
  const secret = expand(initial, isServer ? "server in" : "client in", 32);
  const content = cat(frames, Buffer.alloc(Math.max(0, padTo - frames.length)));
  const head = cat(
    longHeader(0xc1 | (isV2 ? 0x10 : 0), version, id, source),
    varint(token.length),
    token,
    varint(content.length + 18),
    u8(number >>> 8, number & 255),
  );
  const nonce = Buffer.from(expand(secret, `${prefix} iv`, 12));
  nonce[10] ^= number >>> 8;
  nonce[11] ^= number & 255;
  const cipher = createCipheriv("aes-128-gcm", expand(secret, `${prefix} key`, 16), nonce);
  cipher.setAAD(head);
  const sealed = cat(cipher.update(content), cipher.final(), cipher.getAuthTag());
  const mask = createCipheriv("aes-128-ecb", expand(secret, `${prefix} hp`, 16), null).update(sealed.subarray(2, 18));
  const out = cat(head, sealed);
  out[0] ^= mask[0] & 15;
  out[head.length - 2] ^= mask[1];
  out[head.length - 1] ^= mask[2];
  return out;
}

/** A packet of type 1 (0-RTT) or 2 (Handshake), whose content nobody can read. */
export const quicSealed = (type, { version = 1, id = Buffer.alloc(8, 3), bytes = 60 } = {}) =>
  cat(longHeader(0xc0 | (type << 4), version, id, Buffer.alloc(0)), varint(bytes), Buffer.alloc(bytes, 0xaa));
export const quicRetry = (source, version = 1) =>
  cat(longHeader(version === 1 ? 0xf0 : 0xc0, version, Buffer.alloc(0), source), Buffer.alloc(40, 5));
export const quicNegotiation = (versions) => cat(longHeader(0x80, 0, Buffer.alloc(0), Buffer.alloc(8, 1)), ...versions.map(u32));
/** The first packet of Google's QUIC before long headers. */
export const googleQuic = (version) => cat(u8(0x0d), Buffer.alloc(8, 9), Buffer.from(version), u8(1), Buffer.alloc(60, 7));
