/** Builders of certificates (RFC 5280, X.690), of DTLS (RFC 6347) and of Google's hello, on their own: nothing of what they test is used. */
const u8 = (...bytes) => Buffer.from(bytes);
const u16 = (n) => u8((n >>> 8) & 255, n & 255);
const u24 = (n) => u8((n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const cat = (...parts) => Buffer.concat(parts);

/** Tag, length, content (X.690 §8.1). */
export function der(tag, ...parts) {
  const content = cat(...parts);
  const size =
    content.length < 128 ? u8(content.length) : content.length < 256 ? u8(0x81, content.length) : cat(u8(0x82), u16(content.length));
  return cat(u8(tag), size, content);
}

/** Object identifier out of its dotted text (X.690 §8.19). */
export function oid(text) {
  const [first, second, ...rest] = text.split(".").map(Number);
  const base128 = (n) => (n < 128 ? [n] : [...base128(Math.floor(n / 128)).map((byte) => byte | 128), n % 128]);
  return der(6, u8(...base128(first * 40 + second), ...rest.flatMap(base128)));
}

export const UTF8 = 12;
export const PRINTABLE = 19;
const attribute = ([type, value, tag = UTF8]) => der(0x30, oid(type), der(tag, Buffer.isBuffer(value) ? value : Buffer.from(value)));
/** A Name: a list of parts, each a list of [type, value, tag]. */
export const distinguishedName = (parts) => der(0x30, ...parts.map((attributes) => der(0x31, ...attributes.map(attribute))));

const extension = (type, isCritical, value) => der(0x30, oid(type), ...(isCritical ? [der(1, u8(255))] : []), der(4, value));

/** A certificate that nobody signed. `names`: dNSNames; `validity`: two values with tag. */
export function certificate({
  subject = [[["2.5.4.3", "www.example.org"]]],
  issuer = [[["2.5.4.6", "LU", PRINTABLE]], [["2.5.4.3", "Example CA"]]],
  validity = [der(23, Buffer.from("250102030405Z")), der(23, Buffer.from("260102030405Z"))],
  names = [],
  isCritical = false,
  isFirstVersion = false,
} = {}) {
  const algorithm = der(0x30, oid("1.2.840.113549.1.1.11"), der(5));
  const key = der(0x30, algorithm, der(3, Buffer.alloc(270, 5)));
  const alternative = extension(
    "2.5.29.17",
    isCritical,
    der(0x30, der(0x87, u8(192, 0, 2, 1)), ...names.map((name) => der(0x82, Buffer.from(name)))),
  );
  const extensions = der(0xa3, der(0x30, extension("2.5.29.15", true, der(3, u8(5, 160))), ...(names.length > 0 ? [alternative] : [])));
  const parts = [der(2, u8(1, 2, 3)), algorithm, distinguishedName(issuer), der(0x30, ...validity), distinguishedName(subject), key];
  const signed = isFirstVersion ? der(0x30, ...parts) : der(0x30, der(0xa0, der(2, u8(2))), ...parts, extensions);
  return der(0x30, signed, algorithm, der(3, Buffer.alloc(257, 6)));
}

/** Body of a Certificate message (RFC 5246 §7.4.2). */
export function certificateList(...certificates) {
  const list = cat(...certificates.map((one) => cat(u24(one.length), one)));
  return cat(u24(list.length), list);
}

/** A record of DTLS (RFC 6347 §4.1). */
export const dtlsRecord = (type, body, { version = 0xfefd, epoch = 0, number = 0 } = {}) =>
  cat(u8(type), u16(version), u16(epoch), Buffer.alloc(4), u16(number), u16(body.length), body);

/** A handshake message of DTLS, or `length` bytes of it from `offset` on (§4.2.2). */
export const dtlsFragment = (type, body, { sequence = 0, offset = 0, length = body.length - offset } = {}) =>
  cat(u8(type), u24(body.length), u16(sequence), u24(offset), u24(length), body.subarray(offset, offset + length));

/** Body of a ClientHello of DTLS (§4.2.1) out of a message of TLS: another version, and a cookie after the session's id. */
export function dtlsHelloBody(message, { cookie = Buffer.alloc(0), version = 0xfefd } = {}) {
  const body = message.subarray(4);
  const cookieAt = 35 + body[34];
  return cat(u16(version), body.subarray(2, cookieAt), u8(cookie.length), cookie, body.subarray(cookieAt));
}

/** Google's client hello: tags in order, each with where its value ends, then the values. */
export function googleHello(entries) {
  const values = entries.map(([, value]) => Buffer.from(value));
  let end = 0;
  const table = entries.map(([tag], n) => {
    end += values[n].length;
    const entry = Buffer.alloc(8);
    entry.write(tag, 0, "latin1");
    entry.writeUInt32LE(end, 4);
    return entry;
  });
  return cat(Buffer.from("CHLO"), u8(entries.length, 0, 0, 0), ...table, ...values);
}

/** A first packet of Google's QUIC up to Q043: hash and stream frame, then the hello. */
export const googlePacket = (version, hello) =>
  cat(u8(0x0d), Buffer.alloc(8, 9), Buffer.from(version), u8(1), Buffer.alloc(12, 7), u8(0xa0, 1), u16(hello.length), hello);
