/** Where a field's value is; `end` 0: there is no such field. */
export interface Span {
  start: number;
  end: number;
}

/** Start line and fields of one message (RFC 9112 §2.1). One object serves all. */
export const head = {
  isAnswer: false,
  /** An answer's; 0 when it is none. */
  status: 0,
  /** A request's, and its target. */
  method: { start: 0, end: 0 } as Span,
  target: { start: 0, end: 0 } as Span,
  host: { start: 0, end: 0 } as Span,
  userAgent: { start: 0, end: 0 } as Span,
  contentType: { start: 0, end: 0 } as Span,
  /** The same with its parameters. */
  wholeType: { start: 0, end: 0 } as Span,
  accept: { start: 0, end: 0 } as Span,
  upgrade: { start: 0, end: 0 } as Span,
  /** Of several such fields the last one: what the nearest hop added. */
  forwardedFor: { start: 0, end: 0 } as Span,
  forwarded: { start: 0, end: 0 } as Span,
  soapAction: { start: 0, end: 0 } as Span,
  /** -1: none, or no number. */
  contentLength: -1,
  isChunked: false,
  /** The body is compressed, or otherwise not as it was. */
  isEncoded: false,
  /** Who asks shows who he is by NTLM. */
  isNtlm: false,
};

const SPANS = [
  head.method,
  head.target,
  head.host,
  head.userAgent,
  head.contentType,
  head.wholeType,
  head.accept,
  head.upgrade,
  head.forwardedFor,
  head.forwarded,
  head.soapAction,
];
/** What begins every message of NTLM ("NTLMSSP" and a zero: MS-NLMP §2.2.1), as it stands after the scheme (MS-NTHT §2.2, RFC 4559 §4). */
const NTLM = ["NTLM TlRMTVNTUAA", "Negotiate TlRMTVNTUAA"].map((text) => Buffer.from(text.toLowerCase()));
const CHUNKED = Buffer.from("chunked");
const IDENTITY = Buffer.from("identity");
const ANSWER = Buffer.from("http/");

/** Fields that are read, by the length of their names. */
const FIELDS: [name: Buffer, take: (bytes: Buffer, start: number, end: number) => void][] = [
  [Buffer.from("host"), (_bytes, start, end) => place(head.host, start, end)],
  [Buffer.from("user-agent"), (_bytes, start, end) => place(head.userAgent, start, end)],
  [
    Buffer.from("content-type"),
    (bytes, start, end) => {
      place(head.wholeType, start, end);
      place(head.contentType, start, mediaTypeEnd(bytes, start, end));
    },
  ],
  [Buffer.from("accept"), (_bytes, start, end) => place(head.accept, start, end)],
  [
    Buffer.from("content-encoding"),
    (bytes, start, end) => {
      head.isEncoded = !isWord(bytes, start, end, IDENTITY);
    },
  ],
  [Buffer.from("x-forwarded-for"), (_bytes, start, end) => place(head.forwardedFor, start, end)],
  [Buffer.from("forwarded"), (_bytes, start, end) => place(head.forwarded, start, end)],
  [Buffer.from("authorization"), takeCredentials],
  [Buffer.from("proxy-authorization"), takeCredentials],
  [Buffer.from("soapaction"), (_bytes, start, end) => place(head.soapAction, start, end)],
  [Buffer.from("upgrade"), (_bytes, start, end) => place(head.upgrade, start, end)],
  [
    Buffer.from("content-length"),
    (bytes, start, end) => {
      head.contentLength = numberOf(bytes, start, end);
    },
  ],
  [
    Buffer.from("transfer-encoding"),
    (bytes, start, end) => {
      // The last coding tells where the body ends (RFC 9112 §6.1).
      head.isChunked = isWord(bytes, Math.max(start, end - CHUNKED.length), end, CHUNKED);
    },
  ],
];
const BY_LENGTH = Array.from({ length: 20 }, (_, length) => FIELDS.filter(([name]) => name.length === length));

/** Reads the message that begins at `start`, as far as `end`, into `head`. False when its first line is none of HTTP. */
export function readHead(bytes: Buffer, start: number, end: number): boolean {
  for (const span of SPANS) place(span, 0, 0);
  head.status = 0;
  head.contentLength = -1;
  head.isChunked = false;
  head.isEncoded = false;
  head.isNtlm = false;
  let line = lineEnd(bytes, start, end);
  if (!readStartLine(bytes, start, line < 0 ? end : line)) return false;
  while (line >= 0 && line + 1 < end) {
    const from = line + 1;
    line = lineEnd(bytes, from, end);
    // What begins with a blank goes on with the line before it (RFC 9112 §5.2).
    while (line >= 0 && line + 1 < end && isBlank(bytes[line + 1])) line = lineEnd(bytes, line + 1, end);
    if (line < 0) return true;
    readField(bytes, from, line);
  }
  return true;
}

/** `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`. */
function readStartLine(bytes: Buffer, start: number, end: number): boolean {
  head.isAnswer = isWord(bytes, start, Math.min(end, start + ANSWER.length), ANSWER);
  const first = indexOfSpace(bytes, start, end);
  if (first < 0) return false;
  if (head.isAnswer) {
    const status = numberOf(bytes, first + 1, Math.min(end, first + 4));
    if (status >= 100 && status <= 999) head.status = status;
    return head.status !== 0;
  }
  place(head.method, start, first);
  const second = indexOfSpace(bytes, first + 1, end);
  place(head.target, first + 1, second < 0 ? end : second);
  return true;
}

function readField(bytes: Buffer, start: number, end: number): void {
  for (let colon = start; colon < end && colon - start < BY_LENGTH.length; colon += 1) {
    if (bytes[colon] !== 0x3a) continue;
    const field = fieldNamed(bytes, start, colon);
    if (field === undefined) return;
    let from = colon + 1;
    while (from < end && isSpace(bytes[from])) from += 1;
    let to = end;
    while (to > from && isSpace(bytes[to - 1])) to -= 1;
    if (to > from) field[1](bytes, from, to);
    return;
  }
}

function fieldNamed(bytes: Buffer, start: number, colon: number): (typeof FIELDS)[number] | undefined {
  for (const field of BY_LENGTH[colon - start]) if (isWord(bytes, start, colon, field[0])) return field;
  return undefined;
}

/** Nothing of them is kept. */
function takeCredentials(bytes: Buffer, start: number, end: number): void {
  for (const word of NTLM) if (isWord(bytes, start, Math.min(end, start + word.length), word)) head.isNtlm = true;
}

function place(span: Span, start: number, end: number): void {
  span.start = start;
  span.end = end;
}

function mediaTypeEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0x3b && !isBlank(bytes[at])) at += 1;
  return at;
}

/** A decimal number; -1 when it is none, or of more than 15 digits after its leading zeros. */
function numberOf(bytes: Buffer, start: number, end: number): number {
  if (start >= end) return -1;
  let first = start;
  while (first < end && bytes[first] === 0x30) first += 1;
  if (end - first > 15) return -1;
  let value = 0;
  for (let at = first; at < end; at += 1) {
    if (bytes[at] < 0x30 || bytes[at] > 0x39) return -1;
    value = value * 10 + bytes[at] - 0x30;
  }
  return value;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** A blank, or the end of a line, which may stand inside a value. */
function isSpace(byte: number): boolean {
  return isBlank(byte) || byte === 0x0d || byte === 0x0a;
}

function indexOfSpace(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === 0x20) return at;
  return -1;
}

/** True when bytes[start, end) are the word, whatever their case; `word` in lower case. */
export function isWord(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (end - start !== word.length) return false;
  for (let n = 0; n < word.length; n += 1) {
    const byte = bytes[start + n];
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== word[n]) return false;
  }
  return true;
}

/** Position after the empty line; -1 when it is not here. */
export function headEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = lineEnd(bytes, start, end); at >= 0 && at + 1 < end; at = lineEnd(bytes, at + 1, end)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && at + 2 < end && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

/** Position of the next line feed; -1. (`indexOf` would search the rest of a block of packets.) */
export function lineEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === 0x0a) return at;
  return -1;
}
