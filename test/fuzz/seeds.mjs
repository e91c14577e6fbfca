/**
 * Builders of protocol messages, after the standards they name, and the seed conversations of the fuzzer and the golden tests.
 */

const u8 = (...bytes) => Buffer.from(bytes);
const u16 = (n) => u8((n >>> 8) & 255, n & 255);
const u24 = (n) => u8((n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const u32 = (n) => u8((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const cat = (...parts) => Buffer.concat(parts);
const text = (value) => Buffer.from(value, "latin1");
const with8 = (...parts) => cat(u8(cat(...parts).length), ...parts);
const with16 = (...parts) => cat(u16(cat(...parts).length), ...parts);
const list16 = (values) => with16(...values.map(u16));

/** A TLS record (RFC 8446 §5.1). */
export const record = (type, body, version = 0x0301) => cat(u8(type), u16(version), with16(body));
export const handshake = (type, body) => cat(u8(type), u24(body.length), body);
const extension = (type, body) => cat(u16(type), with16(body));

/** ClientHello handshake message (RFC 8446 §4.1.2). */
export function clientHello({
  name,
  alpn = [],
  versions = [],
  legacyVersion = 0x0303,
  ciphers = [0x1301, 0x1302, 0xc02f],
  signatures = [0x0403, 0x0804],
  padding = 0,
  more = [],
} = {}) {
  const extensions = [
    ...(name === undefined ? [] : [extension(0, with16(u8(0), with16(Buffer.from(name))))]),
    ...(signatures.length > 0 ? [extension(13, list16(signatures))] : []),
    ...(alpn.length > 0 ? [extension(16, with16(...alpn.map((value) => with8(Buffer.isBuffer(value) ? value : text(value)))))] : []),
    ...(versions.length > 0 ? [extension(43, with8(...versions.map(u16)))] : []),
    ...(padding > 0 ? [extension(21, Buffer.alloc(padding))] : []),
    ...more.map(([type, body]) => extension(type, body)),
  ];
  const end = extensions.length > 0 ? with16(...extensions) : Buffer.alloc(0);
  return handshake(1, cat(u16(legacyVersion), Buffer.alloc(32, 7), with8(Buffer.alloc(32, 9)), list16(ciphers), u8(1, 0), end));
}

/** ServerHello handshake message (RFC 8446 §4.1.3). */
export function serverHello({ cipher = 0x1301, version, legacyVersion = 0x0303, alpn } = {}) {
  const extensions = [
    ...(version === undefined ? [] : [extension(43, u16(version))]),
    ...(alpn === undefined ? [] : [extension(16, with16(with8(text(alpn))))]),
  ];
  const end = extensions.length > 0 ? with16(...extensions) : Buffer.alloc(0);
  return handshake(2, cat(u16(legacyVersion), Buffer.alloc(32, 7), with8(Buffer.alloc(0)), u16(cipher), u8(0), end));
}

/** SSL 2.0 client hello (RFC 5246 appendix E.2). */
export function sslv2Hello(version, ciphers = [0x010080, 0x00002f]) {
  const body = cat(u8(1), u16(version), u16(ciphers.length * 3), u16(0), u16(16), ...ciphers.map(u24), Buffer.alloc(16, 5));
  return cat(u16(0x8000 | body.length), body);
}

export const changeCipherSpec = record(20, u8(1), 0x0303);
export const applicationData = (bytes = 64) => record(23, Buffer.alloc(bytes, 0xaa), 0x0303);

/** A domain name, without compression; labels may be Buffers. */
export const dnsName = (name) =>
  cat(
    ...(Array.isArray(name) ? name : name.split(".").filter(Boolean)).map((label) =>
      with8(Buffer.isBuffer(label) ? label : Buffer.from(label)),
    ),
    u8(0),
  );

/** DNS message (RFC 1035 §4.1). `questions`: [name, type]; `answers`: [owner, type, ttl, data]; an owner may be a Buffer. */
export function dnsMessage({ id = 1, isAnswer = false, code = 0, flags, questions = [], answers = [], additional = [], dnsClass = 1 }) {
  const wireName = (name) => (Buffer.isBuffer(name) ? name : dnsName(name));
  const recordOf = ([owner, type, ttl, data]) => cat(wireName(owner), u16(type), u16(dnsClass), u32(ttl), with16(data));
  return cat(
    u16(id),
    u16(flags ?? (isAnswer ? 0x8180 | code : 0x0100)),
    u16(questions.length),
    u16(answers.length),
    u16(0),
    u16(additional.length),
    ...questions.map(([name, type]) => cat(wireName(name), u16(type), u16(dnsClass))),
    ...answers.map(recordOf),
    ...additional.map(recordOf),
  );
}
export const overTcp = (message) => with16(message);
/** Points at the first question's name. */
export const ASKED = u16(0xc00c);
export const ipv4 = (address) => u8(...address.split(".").map(Number));

/** First-level encoding of a NetBIOS name (RFC 1001 §14.1). */
export function netbiosLabel(name, kind = 0x20) {
  const padded = Buffer.alloc(16, 0x20);
  padded.write(name.toUpperCase(), "latin1");
  padded[15] = kind;
  return text([...padded].map((byte) => String.fromCharCode(0x41 + (byte >>> 4), 0x41 + (byte & 15))).join(""));
}

const ae = (title) => text(title.padEnd(16, " "));
const pdu = (type, body) => cat(u8(type, 0), u32(body.length), body);
/** A-ASSOCIATE-RQ (type 1) or -AC (type 2), PS3.8 §9.3.2 and §9.3.3, with the application context item. */
export const associate = (type, called, calling) =>
  pdu(type, cat(u16(1), u16(0), ae(called), ae(calling), Buffer.alloc(32), u8(0x10, 0), with16(text("1.2.840.10008.3.1.1.1"))));
/** A-ASSOCIATE-RJ, PS3.8 §9.3.4. */
export const associateReject = (result = 1, source = 1, reason = 7) => pdu(3, u8(0, result, source, reason));
/** P-DATA-TF with one command PDV, PS3.8 §9.3.5. */
export const dicomCommand = () => {
  const command = cat(u16(0), u16(0), u8(4, 0, 0, 0), u8(56, 0, 0, 0));
  return pdu(4, cat(u32(command.length + 2), u8(1, 3), command));
};

/** One HL7 v2 message in its MLLP block. */
export function mllp(
  type,
  { from = ["LAB", "HOSP"], to = ["HIS", "CENTRAL"], version = "2.5", encoding = "|^~\\&", more = ["PID|1||123456"] } = {},
) {
  const [bar, caret] = encoding;
  const header = ["MSH", encoding.slice(1), ...from, ...to, "20260101120000", "", type.replace("^", caret), "42", "P", version].join(bar);
  return cat(u8(0x0b), text([header, ...more, ""].join("\r")), u8(0x1c, 0x0d));
}

export const httpRequest = (host, { method = "GET", target = "/", fields = [] } = {}) =>
  text([`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields, "", ""].join("\r\n"));
export const httpAnswer = (status = "200 OK") => text(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);

/** Packets of a conversation: [from, bytes], 0 = initiator. */
const talk = (transport, port, ...packets) => ({ transport, initiatorPort: 50_000, responderPort: port, packets });

/** One conversation for each thing that dissectors read; the fuzzer changes them. */
export const SEEDS = [
  talk(
    6,
    443,
    [0, record(22, clientHello({ name: "a.example", alpn: ["h2", "http/1.1"], versions: [0x0a0a, 0x0304, 0x0303] }))],
    [1, cat(record(22, serverHello({ version: 0x0304 })), changeCipherSpec, applicationData())],
    [0, cat(changeCipherSpec, applicationData())],
  ),
  talk(
    6,
    443,
    [0, record(22, clientHello({ name: "long.example", padding: 1800 }))],
    [1, record(22, serverHello({ cipher: 0xc02f, alpn: "h2" }))],
  ),
  talk(6, 443, [0, sslv2Hello(0x0300)], [1, record(22, serverHello({ cipher: 0x2f, legacyVersion: 0x0300 }), 0x0300)]),
  talk(6, 443, [0, applicationData()], [1, cat(applicationData(), applicationData())]),
  talk(
    17,
    53,
    [0, dnsMessage({ id: 7, questions: [["www.example.org", 1]] })],
    [
      1,
      dnsMessage({
        id: 7,
        isAnswer: true,
        questions: [["www.example.org", 1]],
        answers: [
          [ASKED, 5, 60, dnsName("edge.example.net")],
          ["edge.example.net", 1, 30, ipv4("192.0.2.9")],
          ["edge.example.net", 28, 30, Buffer.alloc(16, 32)],
          [ASKED, 15, 30, cat(u16(10), dnsName("mx.example.org"))],
          [ASKED, 33, 30, cat(u16(1), u16(1), u16(443), dnsName("srv.example.org"))],
          [ASKED, 65, 30, cat(u16(1), dnsName("svc.example.org"))],
        ],
      }),
    ],
  ),
  talk(6, 53, [0, cat(...[1, 2].map((id) => overTcp(dnsMessage({ id, questions: [[`n${id}.example`, 255]] }))))]),
  talk(17, 5353, [0, dnsMessage({ id: 0, flags: 0x8400, answers: [["printer.local", 12, 120, dnsName("x.printer.local")]] })]),
  talk(17, 137, [0, dnsMessage({ id: 3, questions: [[[netbiosLabel("PACS1")], 32]] })]),
  talk(6, 11112, [0, cat(associate(1, "PACS", "CT01"), dicomCommand())], [1, associate(2, "PACS", "CT01")]),
  talk(6, 104, [0, associate(1, "PACS", "CT01")], [1, associateReject()]),
  talk(6, 2575, [0, cat(mllp("ORU^R01"), mllp("ADT^A01"))], [1, mllp("ACK^R01", { more: ["MSA|AA|42"] })]),
  talk(6, 80, [0, httpRequest("www.example.org:8080")], [1, httpAnswer()]),
  talk(
    6,
    3128,
    [0, httpRequest("in.example:443", { method: "CONNECT", target: "in.example:443" })],
    [1, httpAnswer()],
    [0, record(22, clientHello({ name: "in.example" }))],
    [1, record(22, serverHello({ version: 0x0304 }))],
  ),
];
