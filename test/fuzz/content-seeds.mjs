/** Builders of messages that carry files, logs and documents in clear text, after the standards they name. */

const u8 = (...bytes) => Buffer.from(bytes);
const u16le = (n) => u8(n & 255, n >>> 8);
const u32le = (n) => u8(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);
const u64le = (n) => Buffer.concat([u32le(n % 2 ** 32), u32le(Math.floor(n / 2 ** 32))]);
const cat = (...parts) => Buffer.concat(parts);

/** A message on direct TCP or in a NetBIOS session (MS-SMB2 §2.1, RFC 1002 §4.3.6). */
export const smbSession = (...units) => {
  const body = cat(...units);
  return cat(u8(0, body.length >>> 16, (body.length >>> 8) & 255, body.length & 255), body);
};

/** MS-SMB2 §2.2.1.2 and a body. `next`: where another unit of the same message begins. */
export function smb2Unit(command, body, { isAnswer = false, id = 1, next = 0, isSigned = false, status = 0 } = {}) {
  const header = cat(
    u8(0xfe, 0x53, 0x4d, 0x42),
    u16le(64),
    u16le(1),
    u32le(status),
    u16le(command),
    u16le(1),
    u32le((isAnswer ? 1 : 0) | (isSigned ? 8 : 0)),
    u32le(next),
    u64le(id),
    u32le(0),
    u32le(1),
    u64le(7),
    Buffer.alloc(16, isSigned ? 0x5a : 0),
  );
  return cat(header, body);
}

const fileId = (file) => cat(u64le(file), u64le(file + 1));

/** Bodies of MS-SMB2 §2.2.21 (write), §2.2.19 (read), §2.2.20 (its answer), §2.2.15 (close). */
export const smb2Write = (data, { file = 5, offset = 0 } = {}) =>
  cat(u16le(49), u16le(112), u32le(data.length), u64le(offset), fileId(file), u32le(0), u32le(0), u16le(0), u16le(0), u32le(0), data);
export const smb2Read = (length, { file = 5, offset = 0 } = {}) =>
  cat(u16le(49), u8(0x50, 0), u32le(length), u64le(offset), fileId(file), u32le(0), u32le(0), u32le(0), u16le(0), u16le(0), u8(0));
export const smb2ReadAnswer = (data) => cat(u16le(17), u8(0x50, 0), u32le(data.length), u32le(0), u32le(0), data);
export const smb2Close = (file = 5) => cat(u16le(24), u16le(0), u32le(0), fileId(file));

/** MS-CIFS §2.2.3.1, words and bytes. */
export function smb1Message(command, words, bytes, { isAnswer = false, id = 1 } = {}) {
  const header = cat(
    u8(0xff, 0x53, 0x4d, 0x42, command),
    u32le(0),
    u8(isAnswer ? 0x80 : 0),
    Buffer.alloc(16),
    u16le(0),
    u16le(9),
    u16le(id),
  );
  const lengths = cat(u8(words.length / 2), words, u16le(bytes.length));
  return smbSession(header, lengths, bytes);
}

const andX = u8(0xff, 0, 0, 0);
/** §2.2.4.43.1 (write), §2.2.4.42 (read and its answer): the data stands after header, words and count. */
export function smb1Write(data, { file = 3, offset = 0 } = {}) {
  const at = 32 + 1 + 28 + 2;
  const words = cat(andX, u16le(file), u32le(offset), u32le(0), u16le(0), u16le(0), u16le(0), u16le(data.length), u16le(at), u32le(0));
  return smb1Message(0x2f, words, data);
}
export const smb1Read = (length, { file = 3, offset = 0, id = 1 } = {}) =>
  smb1Message(0x2e, cat(andX, u16le(file), u32le(offset), u16le(length), u16le(0), u32le(0), u16le(0), u32le(0)), u8(), { id });
export function smb1ReadAnswer(data, { id = 1 } = {}) {
  const at = 32 + 1 + 24 + 2;
  const words = cat(andX, u16le(0), u16le(0), u16le(0), u16le(data.length), u16le(at), u16le(0), Buffer.alloc(8));
  return smb1Message(0x2e, words, data, { isAnswer: true, id });
}

/** Syslog (RFC 5424 §6), with a length before it (RFC 6587 §3.4.1) or a line feed after it (§3.4.2). */
export const syslogMessage = (text, { priority = 85, time = "2026-01-01T00:00:00Z", id = "-" } = {}) =>
  Buffer.from(`<${priority}>1 ${time} host app 1 ${id} - ${text}`);
export const countedSyslog = (message) => cat(Buffer.from(`${message.length} `), message);
export const lineSyslog = (message) => cat(message, u8(10));

/** An audit message (DICOM PS3.15 §A.5; `code`: the attribute's name, which RFC 3881 has without "csd-"). */
export const auditMessage = (patients, { code = "csd-code", role = 1, type = 2 } = {}) =>
  `<?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification EventActionCode="R"/>${patients
    .map(
      (id) =>
        `<ParticipantObjectIdentification ParticipantObjectID="${id}" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="${role}">` +
        `<ParticipantObjectIDTypeCode ${code}="${type}" codeSystemName="RFC-3881"/></ParticipantObjectIdentification>`,
    )
    .join("")}</AuditMessage>`;

/** A WebSocket frame (RFC 6455 §5.2); `key`: four bytes, with which a client masks. */
export function webSocketFrame(payload, { kind = 1, isFinal = true, key, bits = 0 } = {}) {
  const { length } = payload;
  const long = length > 0xffff;
  const size = long
    ? cat(u8(127, 0, 0, 0, 0), u8(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255))
    : length > 125
      ? u8(126, length >>> 8, length & 255)
      : u8(length);
  if (key === undefined) return cat(u8((isFinal ? 0x80 : 0) | bits | kind), size, payload);
  size[0] |= 0x80;
  return cat(u8((isFinal ? 0x80 : 0) | bits | kind), size, key, Buffer.from(payload.map((byte, n) => byte ^ key[n % 4])));
}

/** A SOAP 1.2 envelope with its action (WS-Addressing 1.0); `before`: other header blocks; `patient`: a parameter of a stored query. */
export const soapEnvelope = (action, before = "", patient = "") =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` +
  `<t:Token xmlns:t="urn:t">${before}</t:Token><a:Action s:mustUnderstand="1">${action}</a:Action></s:Header>` +
  `<s:Body><Value>${patient}</Value></s:Body></s:Envelope>`;

const talk = (transport, port, ...packets) => ({ transport, initiatorPort: 50_000, responderPort: port, packets });
const smb2 = (command, body, more) => smbSession(smb2Unit(command, body, more));
const number = Buffer.from("a 1893120105732, 85073003328 ");
const key = u8(0x37, 0xfa, 0x21, 0x3d);
const upgrade = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const action = "urn:ihe:iti:2007:RegistryStoredQuery";

/** Conversations for the fuzzer. */
export const CONTENT_SEEDS = [
  talk(
    6,
    445,
    [0, smb2(0, Buffer.alloc(36))],
    [0, cat(smb2(9, smb2Write(number)), smb2(9, smb2Write(number, { offset: number.length })), smb2(8, smb2Read(8), { id: 2 }))],
    [1, smb2(8, smb2ReadAnswer(number), { isAnswer: true, id: 2 })],
    [0, smbSession(smb2Unit(9, smb2Write(number.subarray(0, 24)), { next: 136 }), smb2Unit(6, smb2Close()))],
  ),
  talk(6, 139, [0, cat(smb1Write(number), smb1Read(8, { id: 3 }))], [1, smb1ReadAnswer(number, { id: 3 })]),
  talk(17, 514, [0, syslogMessage(auditMessage(["11", "85073003328"]), { id: "IHE+DICOM" })]),
  talk(6, 601, [0, cat(countedSyslog(syslogMessage("a")), countedSyslog(syslogMessage(auditMessage(["11"]))))]),
  talk(6, 514, [0, cat(lineSyslog(syslogMessage("a 85073003328")), lineSyslog(syslogMessage("b")))]),
  talk(
    6,
    80,
    [0, Buffer.from(upgrade)],
    [1, cat(Buffer.from("HTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\n"), webSocketFrame(number), webSocketFrame(Buffer.alloc(200, 32)))],
    [
      0,
      cat(
        webSocketFrame(number, { key, isFinal: false }),
        webSocketFrame(u8(), { key, kind: 9 }),
        webSocketFrame(number, { key, kind: 0 }),
      ),
    ],
  ),
  talk(6, 9999, [0, Buffer.from(`table\n${number}\n`)], [1, number]),
  talk(17, 9999, [0, number], [1, number], [0, Buffer.from("MSH|^ and nothing else")]),
  talk(6, 8080, [
    0,
    Buffer.from(
      `POST /x HTTP/1.1\r\nContent-Type: application/soap+xml\r\nSOAPAction: ""\r\nContent-Length: ${soapEnvelope(action).length}\r\n\r\n${soapEnvelope(action)}` +
        `POST /x HTTP/1.1\r\nContent-Type: multipart/related; action="${action}"; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n--b--\r\n0\r\n\r\n`,
    ),
  ]),
];
