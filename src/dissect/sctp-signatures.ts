import { defineFamily } from "./family.ts";
import { SIGNALLING_MESSAGES } from "./signatures-signalling.ts";

/** Protocols over SCTP of which the word is all that is told. */
export const sctpSignatures = defineFamily({ name: "sctp-signatures", transport: "sctp", signatures: SIGNALLING_MESSAGES });
