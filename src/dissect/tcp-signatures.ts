import { defineFamily } from "./family.ts";
import { APP_STREAMS } from "./signatures-apps.ts";
import { DATABASE_STREAMS } from "./signatures-database.ts";
import { INDUSTRY_STREAMS } from "./signatures-industry.ts";
import { PEER_STREAMS } from "./signatures-peer.ts";
import { REMOTE_STREAMS } from "./signatures-remote.ts";
import { STORAGE_STREAMS } from "./signatures-storage.ts";
import { TEXT_STREAMS } from "./signatures-text.ts";

/** Protocols over TCP of which the word is all that is told. */
export const tcpSignatures = defineFamily({
  name: "tcp-signatures",
  transport: "tcp",
  signatures: [
    ...REMOTE_STREAMS,
    ...DATABASE_STREAMS,
    ...TEXT_STREAMS,
    ...INDUSTRY_STREAMS,
    ...PEER_STREAMS,
    ...APP_STREAMS,
    ...STORAGE_STREAMS,
  ],
});
