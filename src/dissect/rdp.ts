import type { RdpFacts } from "../model/facts.ts";
import { defineDissector, found, needMore, notMine, passOn } from "./dissector.ts";
import { hasBytes, hasText } from "./family.ts";
import type { Stream } from "./stream.ts";

const PORT = 3389;
const HEADER_BYTES = 11;
const REQUEST = 0xe0;
const CONFIRM = 0xd0;
const NEGOTIATION_BYTES = 8;
const TLS_HANDSHAKE = 0x16;
/** MS-RDPBCGR §2.2.1.1.1: bits of what a client offers; RDP's own security is none of them. */
const SECURITY = ["tls", "credssp", "rdstls", "credssp-early", "entra"] as const;

interface RdpState {
  isHeadRead: [boolean, boolean];
}

/**
 * RDP: the connection request and its confirm (X.224 in TPKT, MS-RDPBCGR §2.2.1.1 and §2.2.1.2): which security was offered
 * and chosen, then TLS where it was. The cookie, which has a user's name, is not read.
 */
export const rdp = defineDissector<RdpState>({
  name: "rdp",
  transport: "tcp",
  ports: [PORT],
  firstBytes: { tcp: [3] },
  begin: () => ({ isHeadRead: [false, false] }),

  recognise(stream) {
    const { bytes, start, length, isCut } = stream;
    if (length < HEADER_BYTES) return !isCut && (length < 2 || bytes[start + 1] === 0) ? needMore : notMine;
    const size = bytes.readUInt16BE(start + 2);
    if (bytes[start + 1] !== 0 || bytes[start + 4] !== size - 5) return notMine;
    const code = bytes[start + 5];
    const isNegotiated = size >= HEADER_BYTES + NEGOTIATION_BYTES;
    if (code === REQUEST) {
      const isRdp = hasText(stream, HEADER_BYTES, "Cookie: ms") || (isNegotiated && hasBytes(stream, HEADER_BYTES, 1));
      return isRdp || stream.isOnPort(PORT) ? found : notMine;
    }
    const isConfirm = code === CONFIRM && (hasBytes(stream, HEADER_BYTES, 2) || hasBytes(stream, HEADER_BYTES, 3, 0, 8, 0));
    return isConfirm || (code === CONFIRM && stream.isOnPort(PORT)) ? found : notMine;
  },

  read(stream, state) {
    const { side } = stream;
    if (!state.isHeadRead[side]) {
      const size = stream.bytes.readUInt16BE(stream.start + 2);
      if (stream.length < size) return stream.isCut ? found : needMore;
      const isRequest = stream.bytes[stream.start + 5] === REQUEST;
      if (isRequest) stream.senderAsks();
      else stream.senderAnswers();
      stream.report();
      readNegotiation(stream, stream.start + size - NEGOTIATION_BYTES, isRequest);
      state.isHeadRead[side] = true;
      stream.skip(size);
    }
    if (stream.length <= 0) return needMore;
    return stream.bytes[stream.start] === TLS_HANDSHAKE ? passOn : found;
  },
});

/** The last eight bytes: kind, flags, length 8, and protocols as bits, least significant byte first. */
function readNegotiation(stream: Stream, at: number, isRequest: boolean): void {
  const { bytes, start } = stream;
  if (!stream.isDetailed || at < start + HEADER_BYTES) return;
  if (bytes[at] !== (isRequest ? 1 : 2) || bytes.readUInt16LE(at + 2) !== NEGOTIATION_BYTES) return;
  const bits = bytes.readUInt32LE(at + 4);
  const words = bits === 0 ? ["rdp"] : SECURITY.filter((_, bit) => (bits & (1 << bit)) !== 0);
  const facts: RdpFacts = (stream.facts.rdp ??= {});
  for (const word of words) {
    if (isRequest) stream.add((facts.offeredSecurity ??= []), word);
    else facts.security = word;
  }
}
