import { MAX_VALUES } from "../model/facts.ts";
import { nameText } from "./text.ts";
import { der, readDer, readTagged } from "./x509-der.ts";
import { type NameText, readName } from "./x509-name.ts";

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** dNSName of a GeneralName (RFC 5280 §4.2.1.6). */
const DNS_NAME = 0x82;
/** id-ce-subjectAltName, 2.5.29.17. */
const SUBJECT_ALT_NAME = Buffer.from([0x55, 0x1d, 0x11]);
const MAX_EXTENSIONS = 64;

/** What of a certificate is told (RFC 5280 §4.1): names as RFC 4514 text, times as RFC 3339; empty where it was not to be read. */
export interface Certificate {
  subject: NameText;
  issuer: NameText;
  notBefore: string;
  notAfter: string;
  /** Distinct, lower case, at most MAX_VALUES; `droppedNames` more. */
  alternativeNames: string[];
  droppedNames: number;
}

/**
 * Reads the certificate in bytes[start, end); of one that is cut as far as it goes. Undefined when it is none. Nothing is
 * checked: neither signature nor dates.
 */
export function readCertificate(bytes: Buffer, start: number, end: number): Certificate | undefined {
  if (!readTagged(bytes, start, end, SEQUENCE)) return undefined;
  if (!readTagged(bytes, der.start, der.end, SEQUENCE)) return undefined;
  const stop = der.end;
  let at = der.start;
  if (!readDer(bytes, at, stop)) return undefined;
  if (der.tag === VERSION) at = der.end;
  // Serial number, then the signature's algorithm.
  if (!readTagged(bytes, at, stop, INTEGER)) return undefined;
  if (!readTagged(bytes, der.end, stop, SEQUENCE)) return undefined;
  if (!readTagged(bytes, der.end, stop, SEQUENCE)) return undefined;
  at = der.end;
  const none: NameText = { text: "", commonName: "" };
  const certificate: Certificate = {
    subject: none,
    issuer: readName(bytes, der.start, at),
    notBefore: "",
    notAfter: "",
    alternativeNames: [],
    droppedNames: 0,
  };
  if (!readTagged(bytes, at, stop, SEQUENCE)) return certificate;
  at = der.end;
  readValidity(bytes, der.start, at, certificate);
  if (!readTagged(bytes, at, stop, SEQUENCE)) return certificate;
  at = der.end;
  certificate.subject = readName(bytes, der.start, at);
  // The public key, perhaps unique identifiers, then the extensions.
  for (let n = 0; n < 4 && readDer(bytes, at, stop); n += 1) {
    at = der.end;
    if (der.tag === EXTENSIONS && readTagged(bytes, der.start, der.end, SEQUENCE)) readExtensions(bytes, der.start, der.end, certificate);
  }
  return certificate;
}

function readValidity(bytes: Buffer, start: number, end: number, certificate: Certificate): void {
  if (!readDer(bytes, start, end) || !der.isWhole) return;
  certificate.notBefore = timeText(bytes, der.tag, der.start, der.end);
  if (!readDer(bytes, der.end, end) || !der.isWhole) return;
  certificate.notAfter = timeText(bytes, der.tag, der.start, der.end);
}

/** RFC 5280 §4.1.2.5; seconds may be missing, and an offset may stand for Z, in certificates older than it. */
const TIME = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(?:Z|([+-])(\d{2})(\d{2}))$/;

function timeText(bytes: Buffer, tag: number, start: number, end: number): string {
  if ((tag !== UTC_TIME && tag !== GENERALIZED_TIME) || end - start > 32) return "";
  const found = TIME.exec(bytes.toString("latin1", start, end));
  if (found === null) return "";
  const [, year, month, day, hour, minute, second = "00", sign, offsetHours, offsetMinutes] = found;
  if ((year.length === 2) !== (tag === UTC_TIME)) return "";
  // Two digits mean 1950 to 2049.
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) >= 50 ? 1900 : 2000);
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return "";
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return "";
  const local = `${String(full).padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (sign === undefined) return local;
  const minutes = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "+" ? -1 : 1);
  const shifted = new Date(Date.parse(local) + minutes * 60_000);
  return Number.isFinite(shifted.getTime()) ? `${shifted.toISOString().slice(0, 19)}Z` : "";
}

function readExtensions(bytes: Buffer, start: number, end: number, certificate: Certificate): void {
  let at = start;
  for (let n = 0; n < MAX_EXTENSIONS && readTagged(bytes, at, end, SEQUENCE); n += 1) {
    at = der.end;
    const inside = der.start;
    if (!readTagged(bytes, inside, at, OBJECT_IDENTIFIER) || !der.isWhole) continue;
    if (der.end - der.start !== 3 || SUBJECT_ALT_NAME.compare(bytes, der.start, der.end) !== 0) continue;
    if (!readDer(bytes, der.end, at)) return;
    // A "critical" may stand before the value.
    if (der.tag !== OCTET_STRING && !readTagged(bytes, der.end, at, OCTET_STRING)) return;
    if (readTagged(bytes, der.start, der.end, SEQUENCE)) readAlternativeNames(bytes, der.start, der.end, certificate);
    return;
  }
}

function readAlternativeNames(bytes: Buffer, start: number, end: number, certificate: Certificate): void {
  const names = new Set<string>();
  for (let at = start; readDer(bytes, at, end) && der.isWhole; at = der.end) {
    if (der.tag !== DNS_NAME || der.end === der.start) continue;
    if (names.size < MAX_VALUES) names.add(nameText(bytes, der.start, der.end));
    else certificate.droppedNames += 1;
  }
  certificate.alternativeNames = [...names];
}
