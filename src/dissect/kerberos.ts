import { defineDissector, found, needMore, notMine, type Verdict } from "./dissector.ts";
import { berAt, hasBytes, range } from "./family.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

/** Application tags (RFC 4120 §5.10): requests and replies for tickets, use of one, error. */
const AS_REQUEST = 10;
const AS_REPLY = 11;
const TGS_REQUEST = 12;
const TGS_REPLY = 13;
const ERROR = 30;
const TYPES = [AS_REQUEST, AS_REPLY, TGS_REQUEST, TGS_REPLY, 14, 15, ERROR];
const SEQUENCE = 0x30;
const LENGTH_BYTES = 4;
const LONGEST = 65_536;
const MOST_FIELDS = 16;
const GENERAL_STRING = 0x1b;
/** Where the realm stands: the context tag in the message, and in what a request has as its body. */
const BODY = 4;
const REALM_IN_BODY = 2;
const REALM_OF: Readonly<Record<number, number>> = { [AS_REPLY]: 3, [TGS_REPLY]: 3, [ERROR]: 9 };

/** Kerberos 5 over UDP, and over TCP with a length before each message (RFC 4120 §7.2): the realm, never who asks for what. */
export const kerberos = defineDissector<undefined>({
  name: "kerberos",
  transport: "both",
  ports: [88, 464],
  firstBytes: { udp: range(0x6a, 0x7e), tcp: [0] },
  begin: () => undefined,

  recognise(stream) {
    const { bytes, start, length, isDatagram, isCut } = stream;
    if (isDatagram) return isMessage(stream, 0, length) ? found : notMine;
    if (length < 16) return isCut || (length > 1 && bytes[start + 1] > 0) ? notMine : needMore;
    const size = bytes.readUInt32BE(start);
    return size < LONGEST && isMessage(stream, LENGTH_BYTES, size) ? found : notMine;
  },

  read(stream): Verdict {
    const { bytes, start, length, isDatagram, isCut } = stream;
    const offset = isDatagram ? 0 : LENGTH_BYTES;
    if (!isDatagram) {
      if (length < LENGTH_BYTES) return needMore;
      if (length < LENGTH_BYTES + bytes.readUInt32BE(start) && !isCut) return needMore;
    }
    const type = bytes[start + offset] - 0x60;
    if (type === AS_REQUEST || type === TGS_REQUEST) stream.senderAsks();
    else stream.senderAnswers();
    if (stream.isDetailed) readRealm(stream, offset, type);
    stream.report();
    return found;
  },
});

/** An application tag, a sequence that fills `size` bytes, and the version. */
function isMessage(stream: Stream, offset: number, size: number): boolean {
  const { bytes, start, isCut, isDatagram } = stream;
  if (!TYPES.includes(bytes[start + offset] - 0x60)) return false;
  const outer = berAt(stream, offset);
  if (outer === undefined || !hasBytes(stream, outer.content, SEQUENCE)) return false;
  if (outer.content + outer.length !== offset + size && !(isCut && isDatagram)) return false;
  const inner = berAt(stream, outer.content);
  if (inner === undefined) return false;
  return hasBytes(stream, inner.content, 0xa1, 3, 2, 1, 5) || hasBytes(stream, inner.content, 0xa0, 3, 2, 1, 5);
}

function readRealm(stream: Stream, offset: number, type: number): void {
  const isRequest = type === AS_REQUEST || type === TGS_REQUEST;
  const sequence = berAt(stream, offset)?.content ?? -1;
  let field = fieldOf(stream, sequence, isRequest ? BODY : (REALM_OF[type] ?? -1));
  if (field >= 0 && isRequest) field = fieldOf(stream, field, REALM_IN_BODY);
  if (field < 0 || !hasBytes(stream, field, GENERAL_STRING)) return;
  const text = berAt(stream, field);
  if (text === undefined || text.length > 255 || stream.start + text.content + text.length > stream.end) return;
  const { facts } = stream;
  const at = stream.start + text.content;
  stream.add(((facts.kerberos ??= {}).realm ??= []), nameText(stream.bytes, at, at + text.length));
}

/** Where the content of context tag `tag` begins in the sequence at `offset`; -1: not there. */
function fieldOf(stream: Stream, offset: number, tag: number): number {
  if (offset < 0 || tag < 0 || !hasBytes(stream, offset, SEQUENCE)) return -1;
  let at = berAt(stream, offset)?.content ?? -1;
  for (let n = 0; n < MOST_FIELDS && at >= 0 && stream.start + at < stream.end; n += 1) {
    const value = berAt(stream, at);
    if (value === undefined) return -1;
    if (stream.bytes[stream.start + at] === 0xa0 + tag) return value.content;
    at = value.content + value.length;
  }
  return -1;
}
