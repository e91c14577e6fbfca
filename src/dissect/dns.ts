import { defineDissector, found, malformed, needMore, notMine } from "./dissector.ts";
import { couldBeDns, foundIf, HEADER_BYTES, looksLikeDns, readMessage } from "./dns-message.ts";
import { beginDns, type DnsState, restDns } from "./dns-state.ts";

const PORT = 53;
/** A longer message over TCP is read as far as this, then passed over. */
const LONGEST_READ = 8192;

/** DNS over UDP, and over TCP with a length before each message (RFC 1035 §4.2, RFC 7766): what was asked, and what it was told. */
export const dns = defineDissector<DnsState>({
  name: "dns",
  transport: "both",
  ports: [PORT],
  // The length of what opens a stream: a question, or a zone's beginning, is below 4 KiB.
  firstBytes: { tcp: Array.from({ length: 16 }, (_, n) => n) },
  begin: (rested) => beginDns("dns", rested),
  rest: restDns,

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    if (stream.isDatagram) {
      return foundIf(stream.isOnPort(PORT) ? couldBeDns(bytes, start, end, isCut) : looksLikeDns(bytes, start, end, isCut));
    }
    if (end - start < 2) return needMore;
    const messageEnd = start + 2 + bytes.readUInt16BE(start);
    if (messageEnd - start < 2 + HEADER_BYTES + 5) return notMine;
    if (end - start < 2 + HEADER_BYTES) return needMore;
    const stop = Math.min(end, messageEnd);
    const isPart = isCut || messageEnd > end;
    return foundIf(stream.isOnPort(PORT) ? couldBeDns(bytes, start + 2, stop, isPart) : looksLikeDns(bytes, start + 2, stop, isPart));
  },

  read(stream, state) {
    if (stream.isDatagram) return readMessage(stream, state, stream.start, stream.end, stream.isCut);
    for (;;) {
      const { bytes, start, end, isCut } = stream;
      if (end - start < 2) return needMore;
      const length = bytes.readUInt16BE(start);
      const messageEnd = start + 2 + length;
      if (length < HEADER_BYTES) return malformed("dns_header");
      const isLong = length > LONGEST_READ && end - start >= LONGEST_READ;
      if (messageEnd > end && !isCut && !isLong) return needMore;
      const verdict = readMessage(stream, state, start + 2, Math.min(messageEnd, end), messageEnd > end);
      if (verdict !== needMore && verdict !== found) return verdict;
      stream.skip(2 + length);
    }
  },
});
