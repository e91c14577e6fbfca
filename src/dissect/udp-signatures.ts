import { defineFamily } from "./family.ts";
import { APP_DATAGRAMS } from "./signatures-apps.ts";
import { INDUSTRY_DATAGRAMS } from "./signatures-industry.ts";
import { MEDIA_DATAGRAMS } from "./signatures-media.ts";
import { NETWORK_DATAGRAMS } from "./signatures-network.ts";
import { PEER_DATAGRAMS } from "./signatures-peer.ts";
import { TUNNEL_DATAGRAMS } from "./signatures-tunnel.ts";

/** Protocols over UDP of which the word is all that is told. */
export const udpSignatures = defineFamily({
  name: "udp-signatures",
  transport: "udp",
  signatures: [...NETWORK_DATAGRAMS, ...TUNNEL_DATAGRAMS, ...MEDIA_DATAGRAMS, ...INDUSTRY_DATAGRAMS, ...PEER_DATAGRAMS, ...APP_DATAGRAMS],
});
