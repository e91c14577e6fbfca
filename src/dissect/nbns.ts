import { defineDissector } from "./dissector.ts";
import { couldBeDns, foundIf, readMessage } from "./dns-message.ts";
import { beginDns, type DnsState, restDns } from "./dns-state.ts";

const PORT = 137;

/** NetBIOS name service (RFC 1002 §4.2): DNS messages with encoded names. */
export const nbns = defineDissector<DnsState>({
  name: "nbns",
  transport: "udp",
  ports: [PORT],
  begin: (rested) => beginDns("nbns", rested),
  rest: restDns,
  // The format is that of DNS.
  isOnlyOnPorts: true,
  recognise: (stream) => foundIf(couldBeDns(stream.bytes, stream.start, stream.end, stream.isCut)),
  read: (stream, state) => readMessage(stream, state, stream.start, stream.end, stream.isCut),
});
