import { type Dissector, defineDissector, found, needMore, notMine, passOn } from "./dissector.ts";

interface FtpDataState {
  /** By side: nobody else knew how it begins. */
  isOffered: [boolean, boolean];
}

/**
 * A data connection of FTP (RFC 959 §3.2): nothing in it says so, but the control connection between the same two addresses
 * named its port a short while before. What anybody recognises in it is read as such: TLS (RFC 4217 §9) has its names, and whoever
 * announces a port of his own hides nothing by it.
 */
export const ftpData: Dissector = defineDissector<FtpDataState>({
  name: "ftp-data",
  transport: "tcp",
  ports: [],
  begin: () => ({ isOffered: [false, false] }),
  recognise({ flow, side, hints, peers, initiatorPort, responderPort, timeMicros }) {
    // What it passes on is not its own.
    if (flow?.directions?.[side].outer !== undefined) return notMine;
    if (flow?.layer?.dissector === ftpData) return found;
    return hints.data.has(peers, initiatorPort, responderPort, timeMicros) ? found : notMine;
  },
  read(stream, state) {
    if (!state.isOffered[stream.side]) {
      const others = stream.askOthers(ftpData);
      if (others === needMore) return needMore;
      stream.report();
      if (others === found) return passOn;
      state.isOffered[stream.side] = true;
      stream.beginContent("plain");
    }
    // One file, as long as the connection; one side alone sends it.
    return stream.passOver(Number.MAX_SAFE_INTEGER) === 0 ? found : needMore;
  },
});
