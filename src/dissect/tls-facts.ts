import type { TlsFacts } from "../model/facts.ts";
import { certificateWord } from "./certificate-words.ts";
import { ja4 } from "./ja4.ts";
import type { Stream } from "./stream.ts";
import { cipherName } from "./tls-ciphers.ts";
import { hello, isDtlsVersion, versionText } from "./tls-hello.ts";
import { readCertificate } from "./x509.ts";

/**
 * Names that servers give as public ones for the hellos they can unseal (RFC 9849 §4): nobody asks for them but with a real
 * sealed hello. As of 2026; which names are a provider's is for the core to know in full.
 */
const PUBLIC_NAMES = new Set(["cloudflare-ech.com"]);

/** The section of facts, made at the first call. */
export function tlsFacts({ facts }: Stream): TlsFacts {
  facts.tls ??= {};
  return facts.tls;
}

/** Names and describes the flow by the ClientHello in `hello`; `transport` as JA4 has it. */
export function takeClientHello(stream: Stream, hasServerHello: boolean, transport: "t" | "q" | "d"): void {
  const { serverName } = hello;
  if (serverName !== "") stream.facts.names = [{ name: serverName, source: "sni" }];
  describeClient(stream, hasServerHello, transport);
  stream.report();
}

function describeClient(stream: Stream, hasServerHello: boolean, transport: "t" | "q" | "d"): void {
  const facts = tlsFacts(stream);
  const { serverName, alpn, legacyVersion, extensionVersion } = hello;
  // Cut before its versions: the field in front says 1.2 for 1.3 too, so then nothing is known.
  const isOld = isDtlsVersion(legacyVersion) ? legacyVersion !== 0xfefd : legacyVersion < 0x0303;
  const isKnown = hello.isWhole || extensionVersion !== 0 || isOld;
  if (!hasServerHello && isKnown) setVersion(facts, extensionVersion || legacyVersion);
  const client = (facts.client ??= {});
  if (serverName !== "") client.serverName = serverName;
  if (alpn.length > 0 && stream.isDetailed) client.alpn = alpn;
  if (hello.hasEch) takeEch(client);
  if (hello.isWhole && stream.isDetailed) takeFingerprint(stream, client, transport);
}

/**
 * GREASE is made to look like the real thing (RFC 9849 §6.2), so that little tells them apart: the public name, and the second
 * hello, in which a client that means it sends no key again.
 */
function takeEch(client: NonNullable<TlsFacts["client"]>): void {
  const isMeant = hello.echKeyBytes === 0 || PUBLIC_NAMES.has(hello.serverName);
  if (isMeant) client.ech = "offered";
  else client.ech ??= "likely_grease";
}

/** Of several hellos (after a HelloRetryRequest) the first is the client's own choice; all are listed. */
function takeFingerprint(stream: Stream, client: NonNullable<TlsFacts["client"]>, transport: "t" | "q" | "d"): void {
  const fingerprint = ja4(transport);
  if (client.ja4 === undefined) client.ja4 = fingerprint;
  else if (client.ja4All !== undefined || fingerprint !== client.ja4) stream.add((client.ja4All ??= [client.ja4]), fingerprint);
}

/** Describes the flow by the ServerHello in `hello`. */
export function takeServerHello(stream: Stream): void {
  if (hello.cipher < 0) return;
  const facts = tlsFacts(stream);
  setVersion(facts, chosenVersion());
  facts.cipher = cipherName(hello.cipher);
  if (!stream.isDetailed) return;
  if (hello.alpn.length > 0) facts.nextProtocol = hello.alpn[0];
  if (hello.hasPreSharedKey) facts.resumed = true;
}

/** The version of the ServerHello in `hello`. */
export function chosenVersion(): number {
  const { cipher, extensionVersion, legacyVersion } = hello;
  // The suites 0x13NN exist in 1.3 alone, which matters when the extension was not captured; where it is just not there, 1.2 was chosen.
  const isTls13 = cipher >>> 8 === 0x13 && hello.isCut;
  return extensionVersion || (isTls13 ? (isDtlsVersion(legacyVersion) ? 0xfefc : 0x0304) : legacyVersion);
}

/** True when certificates come in clear after the ServerHello in `hello`. */
export function wantsCertificate(): boolean {
  return versionText(chosenVersion()) !== "1.3";
}

function setVersion(facts: TlsFacts, version: number): void {
  const text = versionText(version);
  if (text === undefined) return;
  facts.version = text;
  facts.versionProtocol = isDtlsVersion(version) ? "dtls" : version <= 0x0300 ? "ssl" : "tls";
}

/** Longest leaf that is waited for; of what is longer the beginning is read, which has all but the last of its names. */
const LONGEST_LEAF = 12_288;
/** Length of the list, length of the first in it (RFC 5246 §7.4.2). */
const LEAF_AT = 6;

/** Bytes of a Certificate message's body that it takes to read the leaf in it; `have` of its `total` stand at `start`. */
export function leafBytes(bytes: Buffer, start: number, have: number, total: number): number {
  if (have < LEAF_AT) return Math.min(total, LEAF_AT);
  return Math.min(total, LEAF_AT + Math.min(LONGEST_LEAF, bytes.readUIntBE(start + 3, 3)));
}

/** Describes (and names, where the client gave none) the flow by the leaf in the Certificate message's body in bytes[start, end). */
export function takeCertificate(stream: Stream, bytes: Buffer, start: number, end: number): void {
  const leaf = start + LEAF_AT;
  if (end <= leaf) return;
  const certificate = readCertificate(bytes, leaf, Math.min(end, leaf + bytes.readUIntBE(start + 3, 3)));
  if (certificate === undefined) return;
  const { subject, issuer, notBefore, notAfter, alternativeNames } = certificate;
  if (stream.facts.names === undefined) {
    const name = hostName(subject.commonName) || hostName(alternativeNames[0] ?? "");
    if (name !== "") {
      stream.facts.names = [{ name, source: "certificate" }];
      stream.report();
    }
  }
  const word = certificateWord(certificate);
  if (word !== undefined) {
    stream.add(stream.facts.protocols, word);
    stream.report();
  }
  const server = (tlsFacts(stream).server ??= {});
  if (subject.text !== "") server.subject = subject.text;
  if (issuer.text !== "") server.issuer = issuer.text;
  if (notAfter !== "") server.notAfter = notAfter;
  if (!stream.isDetailed) return;
  if (notBefore !== "") server.notBefore = notBefore;
  if (alternativeNames.length > 0) server.x509 = { alternativeNames: alternativeNames.filter((name) => stream.hasRoomFor(name)) };
  for (let n = 0; n < certificate.droppedNames; n += 1) stream.dropFact();
}

/** A host name out of a certificate, the star of a whole level left out; empty when it is none ("Example Ltd"). */
function hostName(text: string): string {
  const name = (text.startsWith("*.") ? text.slice(2) : text).toLowerCase();
  return /^(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(name) ? name : "";
}
