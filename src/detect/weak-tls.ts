import type { TlsFacts } from "../model/facts.ts";
import { defineDetection } from "./detection.ts";
import { reportFlow, threadOf } from "./report.ts";

/** RFC 9150's suites protect integrity only: they are null ciphers by another name. */
const INTEGRITY_ONLY: ReadonlySet<string> = new Set(["TLS_SHA256_SHA256", "TLS_SHA384_SHA384"]);

interface Weakness {
  severity: "high" | "medium";
  because: string;
  wouldAllow: string;
}

/** Catalogue 18. */
export const tlsWeak = defineDetection({
  name: "tls.weak",
  title: "Encryption that does not protect crosses the border",
  severity: "high below TLS 1.2, else medium",
  relevantTo: ["GDPR 32(1)(a)", "NIS2 21(2)(h)"],
  next: [
    "Ask the party to offer TLS 1.2 or later with current ciphers and a valid certificate.",
    "Update the inside device or put a gateway in front of it that speaks current TLS.",
  ],
  doc: `Fires for an established flow of a zone with patient data whose TLS is below 1.2 (or DTLS below 1.2, or SSL), which chose an export or null cipher, or whose server
showed a certificate that was expired at packet time, or self-signed. From TLS 1.3 on certificates cannot be seen.`,
  concern: "patient",
  thresholds: {},
  evaluate(judged, context) {
    const tls = judged.flow.facts?.tls;
    if (tls === undefined || !judged.isEstablished) return;
    const weakness = weaknessOf(tls, judged.flow.startMicros);
    if (weakness === undefined) return;
    reportFlow(judged, context, this.name, weakness.severity, threadOf(judged, context), () => ({
      because: weakness.because,
      wouldAllow: weakness.wouldAllow,
    }));
  },
});

function weaknessOf(tls: TlsFacts, atMicros: number): Weakness | undefined {
  const { version, versionProtocol, cipher, server } = tls;
  // Without an answer the version is only what was offered: nothing was agreed on.
  const isAgreed = cipher !== undefined || tls.established === true || server !== undefined;
  if (isAgreed && version !== undefined && (versionProtocol === "ssl" || version === "1.0" || version === "1.1")) {
    const name = `${(versionProtocol ?? "tls").toUpperCase()} ${version}`;
    return { severity: "high", because: `${name} was agreed on, which is below 1.2`, wouldAllow: "TLS 1.2 or later" };
  }
  if (cipher !== undefined && isSecretless(cipher))
    return { severity: "medium", because: `the cipher ${cipher} does not keep a secret`, wouldAllow: "a cipher that encrypts" };
  if (server?.notAfter !== undefined && Date.parse(server.notAfter) * 1000 < atMicros) {
    const because = `the certificate of ${server.subject ?? "the server"} expired on ${server.notAfter.slice(0, 10)}`;
    return { severity: "medium", because, wouldAllow: "a valid certificate" };
  }
  if (server?.subject !== undefined && server.subject !== "" && server.subject === server.issuer)
    return {
      severity: "medium",
      because: `the certificate of ${server.subject} is self-signed: anybody could have made it`,
      wouldAllow: "a certificate of an authority that the device knows",
    };
  return undefined;
}

/** Ciphers that were looked at: nearly every flow has one of a few. */
const looked = new Map<string, boolean>();
const CIPHERS_KEPT = 1024;

function isSecretless(cipher: string): boolean {
  const known = looked.get(cipher);
  if (known !== undefined) return known;
  const is = INTEGRITY_ONLY.has(cipher) || /_NULL_|_EXPORT/.test(cipher);
  if (looked.size < CIPHERS_KEPT) looked.set(cipher, is);
  return is;
}
