import { defineDissector, found, needMore, notMine, passOn } from "./dissector.ts";

const TLS_HANDSHAKE = 0x16;

/**
 * A data connection of FTP (RFC 959 §3.2): nothing in it says so, but the control connection between the same two addresses
 * named its port a short while before. TLS in it (RFC 4217 §9) is read as such.
 */
export const ftpData = defineDissector<{ isOffered: boolean }>({
  name: "ftp-data",
  transport: "tcp",
  ports: [],
  begin: () => ({ isOffered: false }),
  recognise({ flow, hints, peers, initiatorPort, responderPort, timeMicros }) {
    // What it passes on is not its own.
    if (flow?.layer?.inner !== undefined || flow?.directions?.some(({ outer }) => outer !== undefined)) return notMine;
    return hints.data.has(peers, initiatorPort, responderPort, timeMicros) ? found : notMine;
  },
  read(stream, state) {
    if (!state.isOffered) {
      stream.report();
      if (stream.bytes[stream.start] === TLS_HANDSHAKE) return passOn;
      state.isOffered = true;
      stream.beginContent("plain");
    }
    // One file, as long as the connection; one side alone sends it.
    return stream.passOver(Number.MAX_SAFE_INTEGER) === 0 ? found : needMore;
  },
});
