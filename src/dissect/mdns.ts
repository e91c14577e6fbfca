import { defineDissector } from "./dissector.ts";
import { couldBeDns, foundIf, readMessage } from "./dns-message.ts";
import { beginDns, type DnsState, restDns } from "./dns-state.ts";

const PORT = 5353;

/** Multicast DNS (RFC 6762): what is announced and looked for on the link; nobody asks in particular, so no roles and no names follow. */
export const mdns = defineDissector<DnsState>({
  name: "mdns",
  transport: "udp",
  ports: [PORT],
  begin: (rested) => beginDns("mdns", rested),
  rest: restDns,
  // The format is that of DNS.
  isOnlyOnPorts: true,
  recognise: (stream) => foundIf(couldBeDns(stream.bytes, stream.start, stream.end, stream.isCut)),
  read: (stream, state) => readMessage(stream, state, stream.start, stream.end, stream.isCut),
});
