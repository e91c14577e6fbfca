import { defineDissector } from "./dissector.ts";
import { couldBeDns, foundIf, readMessage } from "./dns-message.ts";
import { beginDns, type DnsState, restDns } from "./dns-state.ts";

const PORT = 5355;

/** Link-local multicast name resolution (RFC 4795): DNS messages on the link. */
export const llmnr = defineDissector<DnsState>({
  name: "llmnr",
  transport: "udp",
  ports: [PORT],
  begin: (rested) => beginDns("llmnr", rested),
  rest: restDns,
  // The format is that of DNS.
  isOnlyOnPorts: true,
  recognise: (stream) => foundIf(couldBeDns(stream.bytes, stream.start, stream.end, stream.isCut)),
  read: (stream, state) => readMessage(stream, state, stream.start, stream.end, stream.isCut),
});
