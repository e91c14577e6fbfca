import { defineFamily } from "./family.ts";
import { MEDIA_DATAGRAMS } from "./signatures-media.ts";
import { NETWORK_DATAGRAMS } from "./signatures-network.ts";
import { TUNNEL_DATAGRAMS } from "./signatures-tunnel.ts";

/** Protocols over UDP of which the word is all that is told. */
export const udpSignatures = defineFamily({
  name: "udp-signatures",
  transport: "udp",
  signatures: [...NETWORK_DATAGRAMS, ...TUNNEL_DATAGRAMS, ...MEDIA_DATAGRAMS],
});
