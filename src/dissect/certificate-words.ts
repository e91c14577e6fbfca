import type { Certificate } from "./x509.ts";

/**
 * What a relay of Tor makes up for its certificate (tor-spec, "Channels"; proposal 369 shows some): two host names of random
 * base32 letters, and nothing else; nobody's names stand in it. From TLS 1.3 on no certificate is to be seen.
 */
const TOR_SUBJECT = /^CN=www\.[a-z2-7]{8,20}\.net$/;
const TOR_ISSUER = /^CN=www\.[a-z2-7]{8,20}\.com$/;
/** AnyDesk's relays have a certificate of their maker's own authority; a client that is called directly has one that names it. */
const ANYDESK_RELAY = "AnyNet Relay";
const ANYDESK_MAKER = "O=philandro Software GmbH";
const ANYDESK_CLIENT = "CN=AnyDesk Client";

/** The word of what goes through a TLS connection, where its certificate can be nobody else's. */
export function certificateWord({ subject, issuer, alternativeNames }: Certificate): "tor" | "anydesk" | undefined {
  if (alternativeNames.length === 0 && TOR_SUBJECT.test(subject.text) && TOR_ISSUER.test(issuer.text)) return "tor";
  const isRelay = subject.commonName === ANYDESK_RELAY && issuer.text.includes(ANYDESK_MAKER);
  if (isRelay || (subject.text === ANYDESK_CLIENT && issuer.text === ANYDESK_CLIENT)) return "anydesk";
  return undefined;
}
