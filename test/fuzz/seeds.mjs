/**
 * Builders of protocol messages, after the standards they name, and the seed conversations of the fuzzer and the golden tests.
 */
import { CONTENT_SEEDS } from "./content-seeds.mjs";
import { cryptoFrame, googleFrame, quicInitial, quicNegotiation, quicRetry } from "./quic-seeds.mjs";
import { certificate, certificateList, dtlsFragment, dtlsHelloBody, dtlsRecord, googleHello, googlePacket } from "./tls-seeds.mjs";

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
const item = (type, ...parts) => cat(u8(type, 0), with16(...parts));
/** A-ASSOCIATE-RQ (type 1) or -AC (type 2), PS3.8 §9.3.2 and §9.3.3, with the application context item and more items. */
export const associate = (type, called, calling, ...more) =>
  pdu(type, cat(u16(1), u16(0), ae(called), ae(calling), Buffer.alloc(32), item(0x10, text("1.2.840.10008.3.1.1.1")), ...more));
/** Presentation contexts proposed, [id, UID] (PS3.8 §9.3.2.2), and answered, [id, result] (§9.3.3.2). */
export const contexts = (...list) =>
  cat(...list.map(([id, uid]) => item(0x20, u8(id, 0, 0, 0), item(0x30, text(uid)), item(0x40, text("1.2.840.10008.1.2")))));
export const contextAnswers = (...list) =>
  cat(...list.map(([id, result]) => item(0x21, u8(id, 0, result, 0), item(0x40, text("1.2.840.10008.1.2")))));
/** User information with an identity (PS3.7 §D.3.3.7). */
export const dicomUser = ({ type, name, secret = "" }) =>
  item(
    0x50,
    item(0x51, u32(16384)),
    item(0x52, text("1.2.276.0.1")),
    item(0x55, text("TEST_1")),
    item(0x58, u8(type, 0), with16(text(name)), with16(text(secret))),
  );
/** A-ASSOCIATE-RJ, PS3.8 §9.3.4. */
export const associateReject = (result = 1, source = 1, reason = 7) => pdu(3, u8(0, result, source, reason));
/** P-DATA-TF with one command PDV, PS3.8 §9.3.5: a group length, a SOP class and the command field (PS3.7 §E). */
export const dicomCommand = (field = 0x0030) => {
  const uid = text("1.2.840.10008.1.1\0");
  const elements = cat(u8(0, 0, 2, 0, uid.length, 0, 0, 0), uid, u8(0, 0, 0, 1, 2, 0, 0, 0, field & 255, field >> 8));
  const command = cat(u8(0, 0, 0, 0, 4, 0, 0, 0, elements.length, 0, 0, 0), elements);
  return pdu(4, cat(u32(command.length + 2), u8(1, 3), command));
};
/** A data set in P-DATA-TF PDUs of one value each, `size` bytes of it in a value. */
export const dicomData = (data, size) => {
  const values = [];
  for (let at = 0; at < data.length; at += size) {
    const part = data.subarray(at, at + size);
    values.push(pdu(4, cat(u32(part.length + 2), u8(1, at + size < data.length ? 0 : 2), part)));
  }
  return cat(...values);
};
/** A-RELEASE-RQ (type 5), -RP (type 6), A-ABORT (PS3.8 §9.3.6–9.3.8). */
export const dicomRelease = (type) => pdu(type, u32(0));
export const dicomAbort = () => pdu(7, u8(0, 0, 0, 0));

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

/** SSH identification line (RFC 4253 §4.2). */
export const sshLine = (software, version = "2.0") => text(`SSH-${version}-${software}\r\n`);
/** SSH key exchange message in its packet (RFC 4253 §6, §7.1): eight lists, then those of languages. */
export const sshKeyExchange = (...lists) => {
  const body = cat(u8(20), Buffer.alloc(16, 3), ...lists.map((list) => cat(u32(list.length), text(list))), u32(0), u32(0), u8(0), u32(0));
  return cat(u32(body.length + 5), u8(4), body, Buffer.alloc(4));
};
export const lines = (...values) => text(values.map((value) => `${value}\r\n`).join(""));

/** STUN message (RFC 8489 §5); `attributes`: [type, value]. */
export const stunMessage = (type, attributes = [], { cookie = 0x2112a442 } = {}) => {
  const body = cat(...attributes.map(([kind, value]) => cat(u16(kind), u16(value.length), value, Buffer.alloc(-value.length & 3))));
  return cat(u16(type), u16(body.length), u32(cookie), text("transaction!"), body);
};
/** Address attribute (RFC 8489 §14.1); XORed with the cookie unless `key` is 0. */
export const stunAddress = (address, port, key = 0x2112a442) =>
  cat(u8(0, 1), u16(port ^ (key >>> 16)), u32(ipv4(address).readUInt32BE(0) ^ key));

/** MQTT CONNECT (MQTT 3.1.1 §3.1, 5.0 §3.1). */
export function mqttConnect({ name = "MQTT", level = 4, client = "", properties = Buffer.alloc(0) } = {}) {
  const body = cat(with16(text(name)), u8(level, 2), u16(60), level === 5 ? with8(properties) : Buffer.alloc(0), with16(text(client)));
  return cat(u8(0x10), with8(body));
}
export const mqttConnectAck = (code = 0) => u8(0x20, 2, 0, code);

/** SIP message (RFC 3261 §7). */
export const sipMessage = (first, { from = "sip:alice@atlanta.example", to = "sip:bob@biloxi.example", body = "" } = {}) =>
  cat(
    lines(first, "Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776", `From: <${from}>;tag=1`, `t: <${to}>`),
    lines("Call-ID: a84b4c76e66710", "CSeq: 1 INVITE", `Content-Length: ${body.length}`, ""),
    text(body),
  );

/** A DATA chunk (RFC 9260 §3.3.1), padded; `flags`: 2 begins a message, 1 ends it. */
export const sctpData = (tsn, data, { flags = 3, stream = 0, protocol = 0 } = {}) =>
  cat(u8(0, flags), u16(16 + data.length), u32(tsn), u16(stream), u16(0), u32(protocol), data, Buffer.alloc(-data.length & 3));
/** A SACK chunk without gaps (RFC 9260 §3.3.4). */
export const sctpSack = (tsn) => cat(u8(3, 0), u16(16), u32(tsn), u32(65_535), u32(0));

/** Packets of a conversation: [from, bytes], 0 = initiator. */
const talk = (transport, port, ...packets) => ({ transport, initiatorPort: 50_000, responderPort: port, packets });

const QUIC_HELLO = clientHello({ name: "q.example", alpn: ["h3"], versions: [0x0304] });

/** One conversation for each thing that dissectors read; the fuzzer changes them. */
const CERTIFICATE = handshake(11, certificateList(certificate({ names: ["a.example", "*.b.example"] })));
const DTLS_HELLO = dtlsHelloBody(clientHello({ name: "d.example", alpn: ["webrtc"] }), { cookie: Buffer.alloc(20, 4) });
const DTLS_ANSWER = cat(u16(0xfefd), serverHello({ cipher: 0xc02b }).subarray(6));
const GOOGLE_HELLO = googleHello([
  ["PAD\0", "-".repeat(40)],
  ["SNI\0", "g.example"],
]);

const h2frame = (type, flags, streamId, ...body) => cat(u24(cat(...body).length), u8(type, flags), u32(streamId), ...body);
const h2settings = h2frame(4, 0, 0, u16(3), u32(100));
// Requests of RFC 7541 appendix C.4, the second in two frames; answers of C.6.
const h2requests = cat(
  h2frame(1, 4 | 32, 1, u32(0), u8(16), Buffer.from("828684418cf1e3c2e5f23a6ba0ab90f4ff", "hex")),
  h2frame(1, 8, 3, u8(2), Buffer.from("828684be5886", "hex"), u16(0)),
  h2frame(9, 4, 3, Buffer.from("a8eb10649cbf", "hex")),
  h2frame(0, 1, 3, text("MSH|^~\\&|A|B")),
  h2frame(1, 5, 5, Buffer.from("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", "hex")),
);
const h2answers = cat(
  h2frame(1, 5, 1, Buffer.from("3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff", "hex")),
  h2frame(1, 5, 3, Buffer.from("4883640effc1c0bf", "hex")),
);

/** OpenVPN's control channel: opcode, session, `tls-auth` where there is one, acknowledgements, packet number, TLS. */
const vpn = (opcode, id, tls = Buffer.alloc(0), guard = Buffer.alloc(0)) => cat(u8(opcode), Buffer.alloc(8, 1), guard, u8(0), u32(id), tls);
const vpnHello = record(22, clientHello({ name: "vpn.example", padding: 600 }));
const vpnAnswer = cat(record(22, serverHello({ cipher: 0xc02f }), 0x0303), changeCipherSpec, applicationData());
const vpnGuard = (id) => cat(Buffer.alloc(20, 0xa5), u32(id), u32(1_700_000_000));

/** An accession number, a sequence with an open item in it, a patient and a study: explicit, then implicit (PS3.5 §7.1). */
const DICOM_IDENTIFIERS = cat(
  cat(u8(8, 0, 0x50, 0), text("SH"), u8(4, 0), text("ACC1")),
  cat(u8(8, 0, 0x10, 0x11), text("SQ"), u8(0, 0, 255, 255, 255, 255), u8(0xfe, 255, 0, 0xe0, 255, 255, 255, 255)),
  cat(u8(0xfe, 255, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 255, 0xdd, 0xe0, 0, 0, 0, 0)),
  cat(u8(16, 0, 32, 0), text("LO"), u8(4, 0), text("PAT1")),
  cat(u8(32, 0, 13, 0, 4, 0, 0, 0), text("1.2\0")),
);

export const SEEDS = [
  talk(
    17,
    1194,
    [0, vpn(0x38, 0)],
    [1, cat(u8(0x40), Buffer.alloc(8, 2), u8(1), u32(0), Buffer.alloc(8, 1), u32(0))],
    [0, vpn(0x20, 2, vpnHello.subarray(300))],
    [0, vpn(0x20, 1, vpnHello.subarray(0, 300))],
    [1, vpn(0x20, 1, vpnAnswer)],
    [0, cat(u8(0x48), Buffer.alloc(40, 7))],
  ),
  talk(
    6,
    443,
    [0, cat(with16(vpn(0x38, 0, undefined, vpnGuard(1))), with16(vpn(0x20, 1, vpnHello, vpnGuard(2))))],
    [1, cat(with16(vpn(0x40, 0, undefined, vpnGuard(1))), with16(vpn(0x20, 1, vpnAnswer, vpnGuard(2))))],
  ),
  talk(6, 80, [0, cat(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), h2settings, h2requests)], [1, cat(h2settings, h2answers)]),
  talk(
    6,
    80,
    [0, text("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: h2c\r\n\r\n")],
    [1, cat(text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), h2settings, h2answers)],
    [0, cat(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), h2settings, h2requests)],
  ),
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
    6,
    443,
    [0, record(22, clientHello({ more: [[0xfe0d, cat(u8(0, 0, 1, 0, 1, 7), with16(Buffer.alloc(32)), with16(Buffer.alloc(144)))]] }))],
    [1, record(22, cat(serverHello({ cipher: 0xc02f }), CERTIFICATE), 0x0303)],
    [1, changeCipherSpec],
    [0, changeCipherSpec],
  ),
  talk(
    17,
    5684,
    [0, dtlsRecord(22, dtlsFragment(1, DTLS_HELLO, { length: 60 }))],
    [0, dtlsRecord(22, dtlsFragment(1, DTLS_HELLO, { offset: 60 }))],
    [1, dtlsRecord(22, dtlsFragment(2, DTLS_ANSWER))],
    [1, dtlsRecord(22, dtlsFragment(11, CERTIFICATE.subarray(4), { sequence: 1, length: 700 }))],
    [1, dtlsRecord(22, dtlsFragment(11, CERTIFICATE.subarray(4), { sequence: 1, offset: 700 }))],
    [0, cat(dtlsRecord(20, u8(1)), dtlsRecord(22, Buffer.alloc(40), { epoch: 1 }))],
  ),
  talk(17, 5246, [0, cat(u8(1, 0, 0, 0), dtlsRecord(22, dtlsFragment(1, DTLS_HELLO)))]),
  talk(17, 443, [0, googlePacket("Q043", GOOGLE_HELLO)]),
  talk(17, 443, [0, quicInitial({ version: 0x51303530, frames: googleFrame(0, GOOGLE_HELLO) })]),
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
  talk(
    6,
    104,
    [0, associate(1, "PACS", "CT01", contexts([1, "1.2.840.10008.5.1.4.1.1.2"]), dicomUser({ type: 1, name: "u" }))],
    [1, associate(2, "PACS", "CT01", contextAnswers([1, 0]))],
    [0, cat(dicomCommand(1), dicomData(cat(u8(16, 0, 16, 0), text("PN"), u8(4, 0), text("A^B ")), 6))],
    [0, cat(dicomCommand(1), dicomData(DICOM_IDENTIFIERS, 30))],
    [1, cat(dicomCommand(0x8001), dicomRelease(6))],
    [0, dicomAbort()],
  ),
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
  talk(17, 443, [0, quicInitial({ frames: cryptoFrame(0, QUIC_HELLO), padTo: 1162 })], [1, quicRetry(Buffer.alloc(8, 4))]),
  talk(
    17,
    443,
    [0, quicInitial({ frames: cryptoFrame(100, QUIC_HELLO.subarray(100)) })],
    [1, quicNegotiation([1])],
    [0, quicInitial({ frames: cat(u8(1, 0, 2, 1, 0, 0, 0), cryptoFrame(0, QUIC_HELLO.subarray(0, 120))) })],
  ),
  talk(6, 22, [1, sshLine("OpenSSH_9.6")], [0, sshLine("Go")]),
  talk(
    6,
    22,
    [0, cat(sshLine("Go"), sshKeyExchange("kex", "key", "a-ctr", "b-ctr", "m1", "m2", "none", "zlib"))],
    [1, cat(sshLine("OpenSSH_9.6"), u8(0, 0, 0, 5, 3, 2), Buffer.alloc(3), sshKeyExchange("kex", "", "", "b", "", "", "none", "none"))],
  ),
  talk(
    6,
    25,
    [1, lines("220 mx.example ESMTP")],
    [0, lines("EHLO a.example")],
    [1, lines("250-mx.example", "250-STARTTLS", "250 CHUNKING")],
    [0, lines("MAIL FROM:<x@a.example>", "RCPT TO:<y@b.example>", "DATA")],
    [1, lines("250 OK", "250 OK", "354 go on")],
    [0, lines("Subject: s", "", "text", ".", "BDAT 5 LAST", "12345STARTTLS")],
    [1, lines("250 OK", "220 now")],
    [0, record(22, clientHello({ name: "mx.example" }))],
    [1, record(22, serverHello({ version: 0x0304 }))],
  ),
  talk(17, 3478, [0, stunMessage(1)], [1, stunMessage(0x0101, [[0x20, stunAddress("192.0.2.1", 32853)]])], [0, stunMessage(3)]),
  talk(6, 3478, [0, cat(stunMessage(3, [[0x19, u32(0x11000000)]]), u8(0x40, 0, 0, 4), u32(1))], [1, stunMessage(0x0113)]),
  talk(6, 1883, [0, mqttConnect({ level: 5, client: "c", properties: u8(0x11, 0, 0, 0, 1) })], [1, mqttConnectAck()]),
  talk(17, 5060, [0, sipMessage("INVITE sip:bob@biloxi.example SIP/2.0", { body: "v=0" })], [1, sipMessage("SIP/2.0 200 OK")]),
  talk(6, 5060, [
    0,
    cat(sipMessage("OPTIONS sip:biloxi.example SIP/2.0", { body: "v=0" }), lines(""), sipMessage("BYE sip:b.example SIP/2.0")),
  ]),
  talk(
    6,
    80,
    [
      0,
      cat(
        httpRequest("a.example", { method: "POST", fields: ["Transfer-Encoding: chunked", "User-Agent: u/1", "Content-Type: text/xml"] }),
        text("3\r\nabc\r\n0\r\n\r\n"),
        httpRequest("b.example", { fields: ["Upgrade: websocket"] }),
      ),
    ],
    [1, cat(text("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: a/b\r\n\r\nabcd"), httpAnswer("101 Go\r\nUpgrade: websocket"))],
  ),
  talk(
    6,
    8080,
    [
      0,
      cat(
        httpRequest("f.example", {
          method: "POST",
          target: "/fhir/Patient",
          fields: ["Content-Type: application/fhir+json", "Content-Length: 26"],
        }),
        text('{"resourceType":"Patient"}'),
        httpRequest("f.example", {
          method: "POST",
          target: "http://p.example/studies",
          fields: ['Content-Type: multipart/related; type="application/dicom"; boundary=b', "Content-Length: 63"],
        }),
        text("--b\r\nContent-Transfer-Encoding: base64\r\n\r\nMTg5MzEyMDEw\r\n--b--\r\n"),
      ),
    ],
    [1, cat(httpAnswer("201 Created"), httpAnswer("200 OK"))],
  ),
  talk(6, 80, [0, text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], [1, cat(u24(6), u8(4, 0), u32(0), u16(3), u32(100))]),
  talk(
    6,
    21,
    [1, lines("220 FTP ready")],
    [0, lines("AUTH TLS")],
    [1, lines("234 go")],
    [0, record(22, clientHello({ name: "f.example" }))],
  ),
  talk(6, 445, [0, cat(u8(0, 0, 0, 64, 0xfe), text("SMB"), Buffer.alloc(60))]),
  talk(6, 389, [0, u8(0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0)]),
  talk(6, 3306, [1, cat(u8(0x4a, 0, 0, 0, 10), text("8.0.36"), Buffer.alloc(67))]),
  talk(17, 161, [0, cat(u8(0x30, 24, 2, 1, 1, 4, 6), text("public"), u8(0xa0, 11, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0))]),
  talk(17, 1812, [0, cat(u8(1, 7, 0, 25), Buffer.alloc(16, 7), u8(1, 5), text("abc"))]),
  talk(17, 500, [0, cat(Buffer.alloc(8, 5), Buffer.alloc(8), u8(0x21, 0x20, 0x22, 8, 0, 0, 0, 0, 0, 0, 0, 28))]),
  talk(
    6,
    1080,
    [0, u8(5, 2, 0, 2)],
    [1, u8(5, 2)],
    [0, cat(u8(1, 1, 0x61, 1, 0x62), u8(5, 1, 0, 3, 4), text("a.bc"), u16(80))],
    [1, u8(1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0)],
    [0, httpRequest("a.bc")],
    [1, httpAnswer()],
  ),
  talk(6, 9901, [0, cat(u8(4, 1, 0, 80, 0, 0, 0, 1), text("u\0a.bc\0"))], [1, u8(0, 0x5a, 0, 0, 0, 0, 0, 0)], [0, httpRequest("a.bc")]),
  talk(
    6,
    3389,
    [0, cat(u8(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0), record(22, clientHello({ name: "r.example" })))],
    [1, u8(3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 2, 0, 0, 0)],
  ),
  talk(17, 67, [
    0,
    cat(u8(1, 1, 6, 0), Buffer.alloc(232, 2), u8(0x63, 0x82, 0x53, 0x63, 53, 1, 3, 12, 3), text("ws1"), u8(50, 4, 192, 0, 2, 9, 255)),
  ]),
  talk(
    17,
    50001,
    [0, cat(u8(0x80, 8, 0, 1), Buffer.alloc(168, 5))],
    [0, cat(u8(0x80, 8, 0, 2), Buffer.alloc(168, 5))],
    [1, cat(u8(0x80, 200, 0, 1), u32(7))],
  ),
  talk(6, 5000, [0, cat(...[1, 2].map((n) => with16(u8(0x80, 8, 0, n), Buffer.alloc(168, 5))))]),
  talk(
    6,
    445,
    [0, cat(u8(0, 0, 0, 49, 0xff), text("SMBr"), Buffer.alloc(27), u8(0, 14, 0, 2), text("NT LM 0.12\0\0"))],
    [1, cat(u8(0, 0, 0, 72, 0xfe), text("SMB"), u8(64), Buffer.alloc(11), u8(1), Buffer.alloc(47), u8(65, 0, 1, 0, 0x11, 3, 0, 0))],
  ),
  talk(17, 88, [
    0,
    cat(
      u8(0x6a, 31, 0x30, 29, 0xa1, 3, 2, 1, 5, 0xa2, 3, 2, 1, 10, 0xa4, 17, 0x30, 15, 0xa0, 7, 3, 5, 0, 0, 0, 0, 0, 0xa2, 4, 0x1b, 2),
      text("AB"),
    ),
  ]),
  talk(
    6,
    21,
    [1, lines("220 FTP ready")],
    [0, lines("EPSV", "PORT 192,0,2,1,195,80")],
    [1, lines("229 On (|||50000|)", "227 On (192,0,2,1,195,80)")],
  ),
  talk(6, 22, [1, cat(lines("welcome", "to this"), sshLine("OpenSSH_9.6"))], [0, sshLine("Go")]),
  talk(6, 1883, [0, cat(u8(0x30, 7, 0, 3), text("a/bxy"))], [1, u8(0xd0, 0)]),
  talk(
    17,
    3479,
    [0, stunMessage(1)],
    [1, cat(u8(0xff, 0x10, 0, 32), Buffer.alloc(8, 7), stunMessage(0x0101, [[0x20, stunAddress("192.0.2.1", 32853)]]))],
  ),
  talk(
    17,
    6881,
    [0, cat(u8(0x41, 0, 1, 2), u32(9), u32(0), u32(65536), u16(1), u16(0))],
    [1, cat(u8(0x21, 0, 1, 2), u32(1009), u32(5), u32(65536), u16(1), u16(1))],
  ),
  talk(17, 2049, [0, cat(u32(7), u32(0), u32(2), u32(100003), u32(3), Buffer.alloc(20))]),
  talk(6, 1521, [0, cat(u16(58), u16(0), u8(1, 0, 0, 0), Buffer.alloc(26, 1), text("(DESCRIPTION=(CONNECT)))"))]),
  talk(17, 44818, [0, cat(u8(0x63, 0), Buffer.alloc(22))]),
  talk(
    132,
    80,
    [0, sctpData(7, httpRequest("s.example", { fields: ["User-Agent: u/1"] }))],
    [1, cat(sctpSack(7), sctpData(100, httpAnswer()), sctpData(101, text("HTTP/1.1 200 OK\r\n"), { flags: 2 }))],
    [1, sctpData(102, text("Content-Length: 0\r\n\r\n"), { flags: 1 })],
  ),
  talk(6, 80, [0, httpRequest("n.example", { fields: ["Authorization:", " NTLM TlRMTVNTUAABAAAA", `Content-Length: ${"0".repeat(30)}`] })]),
  talk(6, 4244, [0, cat(u8(96, 0, 0xad, 0xd4, 0xdc, 0x17, 0xfc, 0xff, 3, 0x80, 0x59, 0), Buffer.alloc(84))]),
  talk(17, 53, [0, dnsMessage({ flags: 0x0900, answers: [["192.0.2.4", 1, 0, Buffer.alloc(0)]] })]),
  talk(132, 3868, [0, sctpData(1, cat(u8(1, 0, 0, 20, 0x80, 0, 1, 1), Buffer.alloc(12, 1)), { protocol: 46 })]),
  talk(132, 36_412, [0, cat(sctpSack(1), sctpData(5, u8(0, 17, 0, 3, 0, 0, 0), { protocol: 18 }))]),
  talk(17, 47808, [0, u8(0x81, 10, 0, 12, 1, 32, 255, 255, 0, 255, 16, 8)]),
  talk(17, 5246, [0, cat(u8(0, 16, 0, 0, 0, 0, 0, 0), Buffer.alloc(16))]),
  ...CONTENT_SEEDS,
];
