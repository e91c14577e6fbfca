import { found, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { versionText } from "./tls-hello.ts";

const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;
const FIXED_BYTES = 11;
const SSL2 = 2;

/** The hello of SSL 2.0, also used to offer later versions (RFC 5246 appendix E.2; draft-hickman-netscape-ssl-00). */
export function isSslv2Hello(bytes: Buffer, start: number, end: number, isCut: boolean): Verdict {
  if (end - start < FIXED_BYTES) return isCut ? notMine : needMore;
  const length = ((bytes[start] & 0x7f) << 8) | bytes[start + 1];
  if (bytes[start + 2] === CLIENT_HELLO) {
    const version = bytes.readUInt16BE(start + 3);
    const cipherBytes = bytes.readUInt16BE(start + 5);
    const sessionBytes = bytes.readUInt16BE(start + 7);
    const challengeBytes = bytes.readUInt16BE(start + 9);
    const isVersion = version === SSL2 || (version >= 0x0300 && version <= 0x0304);
    const isShape =
      cipherBytes > 0 &&
      cipherBytes % 3 === 0 &&
      (sessionBytes === 0 || sessionBytes === 16) &&
      challengeBytes >= 16 &&
      challengeBytes <= 32;
    return isVersion && isShape && length === FIXED_BYTES - 2 + cipherBytes + sessionBytes + challengeBytes ? found : notMine;
  }
  if (bytes[start + 2] !== SERVER_HELLO || bytes[start + 3] > 1 || bytes.readUInt16BE(start + 5) !== SSL2) return notMine;
  const rest =
    end - start >= FIXED_BYTES + 2 ? bytes.readUInt16BE(start + 7) + bytes.readUInt16BE(start + 9) + bytes.readUInt16BE(start + 11) : -1;
  return length === FIXED_BYTES + rest ? found : notMine;
}

export function readSslv2Hello(stream: Stream): Verdict {
  const { bytes, start } = stream;
  const isClient = bytes[start + 2] === CLIENT_HELLO;
  const version = bytes.readUInt16BE(start + (isClient ? 3 : 5));
  describe(stream, version);
  if (isClient) stream.senderAsks();
  else stream.senderAnswers();
  stream.report();
  return found;
}

function describe({ facts }: Stream, version: number): void {
  facts.tls ??= {};
  const text = versionText(version);
  if (text === undefined) return;
  facts.tls.version = text;
  facts.tls.versionProtocol = version <= 0x0300 ? "ssl" : "tls";
}
