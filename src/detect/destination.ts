import { createRequire } from "node:module";
import { formatAddress, isV4 } from "../lib/ip.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";

/** Each table is emptied when full: all that it holds can be worked out again. */
const NAMES_KEPT = 8192;
const NUMBERS_KEPT = 16_384;
const DESTINATIONS_KEPT = 32_768;

type Suffixes = { getDomain(name: string): string | null };

/** One destination as dedupe keys name it. Interned as long as its table has room: the same text, nearly always the same object. */
export interface Destination {
  readonly text: string;
  /** Counts up as they are made: for tables of guesses, never for an identity. */
  readonly number: number;
}

/**
 * Who stands at the outside end, as coarse as a person would say it: the registered party, else the registrable domain
 * (public suffix list, eTLD+1), else the /24 or /48 around the address. The middle part of every dedupe key.
 */
export class Destinations {
  private suffixes: Suffixes | undefined;
  private made = 0;
  /** Several detections ask about one event, one after the other. */
  private lastName: string | undefined;
  private lastDomain: Destination | undefined;
  private readonly byText = new Map<string, Destination>();
  private readonly byName = new Map<string, Destination | undefined>();
  private readonly byPrefix = new Map<number, Destination>();
  private readonly byAsn = new Map<number, Destination>();
  /** As many as the site has. */
  private readonly byParty = new Map<Party, Destination>();

  /** "Acme", "acme.eu", "203.0.113.0/24" or "2001:db8:1::/48". */
  of(judged: JudgedFlow): Destination {
    if (judged.party !== undefined) return this.ofParty(judged.party);
    return this.ofName(judged.name) ?? this.ofPrefix(judged);
  }

  ofParty(party: Party): Destination {
    const known = this.byParty.get(party);
    if (known !== undefined) return known;
    const made = this.intern(party.name);
    this.byParty.set(party, made);
    return made;
  }

  /** eTLD+1 of a name; undefined for an address, a bare suffix or no name. */
  ofName(name: string | undefined): Destination | undefined {
    if (name === undefined) return undefined;
    if (name === this.lastName) return this.lastDomain;
    const found = this.domainOf(name);
    this.lastName = name;
    this.lastDomain = found;
    return found;
  }

  private domainOf(name: string): Destination | undefined {
    const known = this.byName.get(name);
    if (known !== undefined || this.byName.has(name)) return known;
    // Loaded when the first name needs it: 17 ms that a start without traffic need not pay.
    this.suffixes ??= createRequire(import.meta.url)("tldts") as Suffixes;
    const domain = this.suffixes.getDomain(name);
    const made = domain === null ? undefined : this.intern(domain);
    if (this.byName.size >= NAMES_KEPT) this.byName.clear();
    this.byName.set(name, made);
    return made;
  }

  /** "AS64500". */
  ofAsn(asn: number): Destination {
    return this.byAsn.get(asn) ?? this.remember(this.byAsn, asn, `AS${asn}`);
  }

  /** The /24 (IPv4) or /48 (IPv6) that the outside address is in. */
  ofPrefix(judged: JudgedFlow): Destination {
    // Asked of a proxy, and nobody knows the address: as it was asked for.
    if (judged.proxiedTo !== undefined && judged.proxiedWords === undefined) return this.intern(judged.outsideAddress());
    const w0 = outsideWord(judged, 0);
    const w1 = outsideWord(judged, 1);
    const isShort = isV4(w0, w1, outsideWord(judged, 2));
    // 24 or 48 bits; the sign tells which.
    const bits = isShort ? outsideWord(judged, 3) >>> 8 : -1 - ((w0 >>> 0) * 65_536 + (w1 >>> 16));
    return this.byPrefix.get(bits) ?? this.remember(this.byPrefix, bits, prefixOf(judged));
  }

  /** Any other text that a key is to name: interned all the same. */
  ofText(text: string): Destination {
    return this.intern(text);
  }

  private remember(table: Map<number, Destination>, number: number, text: string): Destination {
    const made = this.intern(text);
    if (table.size >= NUMBERS_KEPT) table.clear();
    table.set(number, made);
    return made;
  }

  private intern(text: string): Destination {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    if (this.byText.size >= DESTINATIONS_KEPT) this.byText.clear();
    const made: Destination = { text, number: this.made };
    this.made += 1;
    this.byText.set(text, made);
    return made;
  }
}

/** The text of that /24 or /48. */
function prefixOf(judged: JudgedFlow): string {
  const w0 = outsideWord(judged, 0);
  const w1 = outsideWord(judged, 1);
  if (isV4(w0, w1, outsideWord(judged, 2))) return `${formatAddress(w0, w1, 0xffff, outsideWord(judged, 3) & 0xffffff00)}/24`;
  return `${formatAddress(w0, w1 & 0xffff0000, 0, 0)}/48`;
}

/** A word of the outside end's address: of what a proxy was asked for, where that is known; of a transit flow the responder's. */
export function outsideWord({ flow, direction, proxiedWords }: JudgedFlow, n: number): number {
  if (proxiedWords !== undefined) return proxiedWords[n];
  return direction === "inbound" ? flow.initiatorWord(n) : flow.responderWord(n);
}

/** The most credible country, or "??" when nobody knows. */
export function countryOf(judged: JudgedFlow): string {
  return judged.location?.place.countries[0] ?? "??";
}
