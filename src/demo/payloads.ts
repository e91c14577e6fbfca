import { addressBytes } from "./frames.ts";

/** Application bytes for the synthetic hospital. Every person and identifier in them is invented. */

export type Random = () => number;

const u16 = (n: number) => Buffer.from([(n >> 8) & 255, n & 255]);
const u24 = (n: number) => Buffer.from([(n >> 16) & 255, (n >> 8) & 255, n & 255]);
const u32 = (n: number) => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
const ascii = (text: string) => Buffer.from(text, "latin1");
const with8 = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length]), bytes]);
const with16 = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes]);
const with24 = (bytes: Buffer) => Buffer.concat([u24(bytes.length), bytes]);

export function noise(length: number, random: Random): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 1) bytes[at] = random() * 256;
  return bytes;
}

const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), with16(body)]);
const handshake = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type]), with24(body)]);
const record = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 3, 3]), with16(body)]);

/** A TLS 1.3 ClientHello (RFC 8446 §4.1.2) in one record; `name` goes into server_name (RFC 6066 §3). */
export function clientHello(name: string | undefined, alpn: string[], random: Random): Buffer {
  const extensions = [
    ...(name ? [extension(0, with16(Buffer.concat([Buffer.from([0]), with16(ascii(name))])))] : []),
    extension(10, with16(Buffer.concat([0x1d, 0x17, 0x18].map(u16)))),
    extension(13, with16(Buffer.concat([0x0403, 0x0804, 0x0401, 0x0503, 0x0805].map(u16)))),
    extension(16, with16(Buffer.concat(alpn.map((word) => with8(ascii(word)))))),
    extension(43, with8(Buffer.concat([0x0304, 0x0303].map(u16)))),
    extension(45, Buffer.from([1, 1])),
    extension(51, with16(Buffer.concat([u16(0x1d), with16(noise(32, random))]))),
  ];
  const suites = Buffer.concat([0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f].map(u16));
  const body = Buffer.concat([
    u16(0x0303),
    noise(32, random),
    with8(noise(32, random)),
    with16(suites),
    Buffer.from([1, 0]),
    with16(Buffer.concat(extensions)),
  ]);
  return record(22, handshake(1, body));
}

/** A ServerHello that chooses TLS 1.3 and the first suite, the change-cipher-spec and some ciphertext. */
export function serverHello(random: Random): Buffer {
  const extensions = Buffer.concat([extension(43, u16(0x0304)), extension(51, Buffer.concat([u16(0x1d), with16(noise(32, random))]))]);
  const body = Buffer.concat([u16(0x0303), noise(32, random), with8(noise(32, random)), u16(0x1301), Buffer.from([0]), with16(extensions)]);
  return Buffer.concat([record(22, handshake(2, body)), record(20, Buffer.from([1])), record(23, noise(900, random))]);
}

/** TLS application data of about this many bytes, in one record of at most 16 KiB. */
export function ciphertext(length: number, random: Random): Buffer {
  return record(23, noise(Math.max(17, Math.min(length, 16_384)), random));
}

const questionName = (name: string) => Buffer.concat([...name.split(".").map((label) => with8(ascii(label))), Buffer.from([0])]);

/** A DNS query or its answer (RFC 1035 §4) for the addresses of a name; an alias puts a CNAME before them. */
export function dns(id: number, name: string, address: string, isAnswer: boolean, alias?: string): Buffer {
  const type = address.includes(":") ? 28 : 1;
  const question = Buffer.concat([questionName(name), u16(type), u16(1)]);
  const header = (answers: number) => Buffer.concat([u16(id), u16(isAnswer ? 0x8180 : 0x0100), u16(1), u16(answers), u16(0), u16(0)]);
  if (!isAnswer) return Buffer.concat([header(0), question]);
  const resource = (owner: Buffer, kind: number, data: Buffer) => Buffer.concat([owner, u16(kind), u16(1), u32(300), with16(data)]);
  const pointer = u16(0xc00c);
  if (!alias) return Buffer.concat([header(1), question, resource(pointer, type, addressBytes(address))]);
  return Buffer.concat([
    header(2),
    question,
    resource(pointer, 5, questionName(alias)),
    resource(questionName(alias), type, addressBytes(address)),
  ]);
}

const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";
const pdu = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0]), u32(body.length), body]);
const item = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0]), with16(body)]);
const aeTitle = (title: string) => ascii(title.padEnd(16));

/** A-ASSOCIATE-RQ or -AC (DICOM PS3.8 §9.3.2, §9.3.3) for CT images in implicit little endian. */
export function dicomAssociate(isRequest: boolean, called: string, calling: string): Buffer {
  const context = isRequest
    ? item(0x20, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x30, ascii(CT_IMAGE)), item(0x40, ascii("1.2.840.10008.1.2"))]))
    : item(0x21, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x40, ascii("1.2.840.10008.1.2"))]));
  const user = item(0x50, Buffer.concat([item(0x51, u32(16_384)), item(0x52, ascii("1.2.826.0.1.3680043.8.999"))]));
  return pdu(
    isRequest ? 1 : 2,
    Buffer.concat([
      u16(1),
      u16(0),
      aeTitle(called),
      aeTitle(calling),
      Buffer.alloc(32),
      item(0x10, ascii("1.2.840.10008.3.1.1.1")),
      context,
      user,
    ]),
  );
}

/** A P-DATA-TF PDU (PS3.8 §9.3.5) that carries a fragment of a data set. */
export function dicomData(length: number, random: Random): Buffer {
  return pdu(4, Buffer.concat([u32(length + 2), Buffer.from([1, 0]), noise(length, random)]));
}

/** An ORU^R01 result or its acknowledgement in an MLLP frame. */
export function hl7(isResult: boolean, id: number, at: Date): Buffer {
  const stamp = at.toISOString().replace(/\D/g, "").slice(0, 14);
  const message = isResult
    ? `MSH|^~\\&|LIS|CHDEMO|GATE|EXTLAB|${stamp}||ORU^R01^ORU_R01|D${id}|P|2.5.1\rPID|1||DEMO${id}^^^CHDEMO^MR||DEMO^PERSON||19700101|U\rOBR|1|||GLU\rOBX|1|NM|GLU||5.1|mmol/L\r`
    : `MSH|^~\\&|GATE|EXTLAB|LIS|CHDEMO|${stamp}||ACK^R01|A${id}|P|2.5.1\rMSA|AA|D${id}\r`;
  return Buffer.concat([Buffer.from([0x0b]), ascii(message), Buffer.from([0x1c, 0x0d])]);
}
