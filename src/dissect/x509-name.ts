import { der, oidText, readDer, readTagged } from "./x509-der.ts";

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;
const MAX_ATTRIBUTES = 32;
/** RFC 5280 appendix A.1 has 32768 at the most (ub-name); no real one is near. */
const LONGEST_VALUE = 255;

/** Short names registered for LDAP (RFC 4514 §3, RFC 4519, IANA "LDAP Parameters"); of others the number is told. */
const SHORT_NAMES = new Map([
  ["2.5.4.3", "CN"],
  ["2.5.4.4", "sn"],
  ["2.5.4.5", "serialNumber"],
  ["2.5.4.6", "C"],
  ["2.5.4.7", "L"],
  ["2.5.4.8", "ST"],
  ["2.5.4.9", "STREET"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["2.5.4.12", "title"],
  ["2.5.4.13", "description"],
  ["2.5.4.15", "businessCategory"],
  ["2.5.4.17", "postalCode"],
  ["2.5.4.42", "givenName"],
  ["2.5.4.46", "dnQualifier"],
  ["2.5.4.97", "organizationIdentifier"],
  ["0.9.2342.19200300.100.1.1", "UID"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["1.2.840.113549.1.9.1", "emailAddress"],
]);

/** Types of text (RFC 5280 appendix A.1 DirectoryString, IA5String, NumericString, VisibleString) and how they are written. */
const TEXTS = new Map<number, "utf8" | "latin1" | "utf16">([
  [0x0c, "utf8"],
  [0x12, "latin1"],
  [0x13, "latin1"],
  [0x14, "latin1"],
  [0x16, "latin1"],
  [0x1a, "latin1"],
  [0x1e, "utf16"],
]);

/** A distinguished name as text and, of its most specific common name, the bare value. */
export interface NameText {
  text: string;
  commonName: string;
}

/** RFC 4514 text of a Name's content (RFC 5280 §4.1.2.4): the last part first. What is cut or broken is left out. */
export function readName(bytes: Buffer, start: number, end: number): NameText {
  const parts: string[] = [];
  const name: NameText = { text: "", commonName: "" };
  let left = MAX_ATTRIBUTES;
  for (let at = start; at < end && left > 0; ) {
    if (!readTagged(bytes, at, end, SET) || !der.isWhole) break;
    const setEnd = der.end;
    const attributes: string[] = [];
    for (let inside = der.start; inside < setEnd && left > 0; left -= 1) {
      if (!readTagged(bytes, inside, setEnd, SEQUENCE) || !der.isWhole) break;
      inside = der.end;
      const attribute = readAttribute(bytes, der.start, der.end, name);
      if (attribute !== "") attributes.push(attribute);
    }
    if (attributes.length > 0) parts.push(attributes.join("+"));
    at = setEnd;
  }
  name.text = parts.reverse().join(",");
  return name;
}

function readAttribute(bytes: Buffer, start: number, end: number, name: NameText): string {
  if (!readTagged(bytes, start, end, OBJECT_IDENTIFIER) || !der.isWhole) return "";
  const oid = oidText(bytes, der.start, der.end);
  const valueAt = der.end;
  if (!readDer(bytes, valueAt, end) || !der.isWhole) return "";
  const type = SHORT_NAMES.get(oid);
  const form = TEXTS.get(der.tag);
  // RFC 4514 §2.4: a value whose type has no name, or that is no text, is told as its bytes.
  if (type === undefined || form === undefined)
    return `${type ?? oid}=#${bytes.toString("hex", valueAt, Math.min(der.end, valueAt + LONGEST_VALUE))}`;
  const value = decode(bytes, der.start, Math.min(der.end, der.start + LONGEST_VALUE), form);
  if (type === "CN") name.commonName = value;
  return `${type}=${escaped(value)}`;
}

function decode(bytes: Buffer, start: number, end: number, form: "utf8" | "latin1" | "utf16"): string {
  if (form !== "utf16") return bytes.toString(form, start, end);
  return Buffer.from(bytes.subarray(start, end - ((end - start) & 1)))
    .swap16()
    .toString("utf16le");
}

/** RFC 4514 §2.4: a backslash before what has a meaning; whatever cannot be printed as its bytes in UTF-8. */
function escaped(value: string): string {
  let out = "";
  for (const letter of value) {
    if (/[\p{Cc}\p{Cs}\ufffd\u2028\u2029]/u.test(letter)) {
      for (const byte of Buffer.from(letter)) out += `\\${byte.toString(16).padStart(2, "0").toUpperCase()}`;
    } else if (/["+,;<>\\]/.test(letter) || (out === "" && (letter === "#" || letter === " "))) out += `\\${letter}`;
    else out += letter;
  }
  return out.endsWith(" ") && out !== "\\ " ? `${out.slice(0, -1)}\\ ` : out;
}
