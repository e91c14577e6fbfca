import { createRequire } from "node:module";
import { formatAddress, isV4 } from "../lib/ip.ts";
import type { JudgedFlow } from "../model/judgement.ts";

/** Names kept with their registrable domain; the table is emptied when full. */
const NAMES_KEPT = 8192;

type Suffixes = { getDomain(name: string): string | null };

/**
 * Who stands at the outside end, as coarse as a person would say it: the registered party, else the registrable domain
 * (public suffix list, eTLD+1), else the /24 or /48 around the address. The middle part of every dedupe key.
 */
export class Destinations {
  private suffixes: Suffixes | undefined;
  private readonly domains = new Map<string, string | undefined>();

  /** "Acme", "acme.eu", "203.0.113.0/24" or "2001:db8:1::/48". */
  keyOf(judged: JudgedFlow): string {
    return judged.party?.name ?? this.domainOf(judged.name) ?? prefixOf(judged);
  }

  /** eTLD+1 of a name; undefined for an address, a bare suffix or no name. */
  domainOf(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const known = this.domains.get(name);
    if (known !== undefined || this.domains.has(name)) return known;
    // Loaded when the first name needs it: 17 ms that a start without traffic need not pay.
    this.suffixes ??= createRequire(import.meta.url)("tldts") as Suffixes;
    const domain = this.suffixes.getDomain(name) ?? undefined;
    if (this.domains.size >= NAMES_KEPT) this.domains.clear();
    this.domains.set(name, domain);
    return domain;
  }
}

/** The /24 (IPv4) or /48 (IPv6) that the outside address is in. */
export function prefixOf(judged: JudgedFlow): string {
  const { flow, isInsideInitiator } = judged;
  const word = (n: number) => (isInsideInitiator ? flow.responderWord(n) : flow.initiatorWord(n));
  const [w0, w1, w2] = [word(0), word(1), word(2)];
  if (isV4(w0, w1, w2)) return `${formatAddress(w0, w1, w2, word(3) & 0xffffff00)}/24`;
  return `${formatAddress(w0, w1 & 0xffff0000, 0, 0)}/48`;
}

/** The most credible country, or "??" when nobody knows. */
export function countryOf(judged: JudgedFlow): string {
  return judged.location?.place.countries[0] ?? "??";
}
