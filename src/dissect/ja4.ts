import { listDigest } from "./list-digest.ts";
import { ciphers, extensions, hello, signatures } from "./tls-hello.ts";

/**
 * JA4 of the ClientHello in `hello`, by FoxIO's description (JA4 alone is BSD-3-Clause): transport, highest version, SNI or
 * not, numbers of cipher suites and extensions, ends of the first ALPN value; then digests of both lists, sorted.
 */
export function ja4(transport: "t" | "q" | "d"): string {
  const { cipherCount, extensionCount, signatureCount } = hello;
  const head = `${transport}${versionCode()}${hello.hasServerName ? "d" : "i"}${twoDigits(cipherCount)}${twoDigits(extensionCount)}${alpnCode()}`;
  const cipherPart = cipherCount === 0 ? NO_DIGEST : listDigest(sorted(ciphers, cipherCount), cipherCount, signatures, 0);
  let kept = 0;
  for (let at = 0; at < extensionCount; at += 1) if (extensions[at] !== 0 && extensions[at] !== 16) extensions[kept++] = extensions[at];
  // Nothing left to digest: that is said with zeros, not with the digest of nothing.
  const extensionPart = kept === 0 ? NO_DIGEST : listDigest(sorted(extensions, kept), kept, signatures, signatureCount);
  return `${head}_${cipherPart}_${extensionPart}`;
}

const NO_DIGEST = "000000000000";

/** Of versions in the extension the largest number counts, whatever it means: of DTLS that is the lowest; drafts have no code. */
function versionCode(): string {
  switch (hello.largestVersion || hello.legacyVersion) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    case 0xfeff:
      return "d1";
    case 0xfefd:
      return "d2";
    case 0xfefc:
      return "d3";
    default:
      return "00";
  }
}

function alpnCode(): string {
  const { alpnFirst, alpnLast } = hello;
  if (alpnFirst < 0) return "00";
  if (isAlphanumeric(alpnFirst) && isAlphanumeric(alpnLast)) return String.fromCharCode(alpnFirst, alpnLast);
  return (alpnFirst >>> 4).toString(16) + (alpnLast & 15).toString(16);
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function twoDigits(n: number): string {
  return n > 99 ? "99" : n < 10 ? `0${n}` : `${n}`;
}

/** The list, its first `count` entries sorted in place. */
function sorted(list: Uint16Array, count: number): Uint16Array {
  if (count > 64) {
    list.subarray(0, count).sort();
    return list;
  }
  for (let at = 1; at < count; at += 1) {
    const value = list[at];
    let to = at;
    for (; to > 0 && list[to - 1] > value; to -= 1) list[to] = list[to - 1];
    list[to] = value;
  }
  return list;
}
