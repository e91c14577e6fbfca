import type { FlowView } from "./flow.ts";
import type { Location, Place } from "./location.ts";
import type { Asset, Party, Zone } from "./site.ts";

export const JUDGEMENTS = ["approved", "authorised", "violation", "undecided", "ignored"] as const;
export type JudgementWord = (typeof JUDGEMENTS)[number];

/** What policy says of (zone, party, location). Interned: the same inputs give the same object. */
export interface Judgement {
  readonly word: JudgementWord;
  /** The rule that decided: "list:eu-eea", "authorisation:A-12", "zone:guest", "unproven:A-12", "no-rule". */
  readonly rule: string;
  /** One sentence for people: why. */
  readonly because: string;
  /** What would have allowed it; undefined when it was allowed. */
  readonly wouldAllow: string | undefined;
  /** Ids of authorisations that would have allowed it, had they not ended; left out when there is none. */
  readonly lapsed?: readonly string[];
}

/** How the party at the outside end was recognised. */
export const PARTY_BY = ["name", "prefix", "asn", "certificate", "ae-title"] as const;
export type PartyBy = (typeof PARTY_BY)[number];

export const NAME_SOURCES = ["sni", "host", "certificate", "dns", "dns-elsewhere"] as const;
/** `dns`: the same inside host asked for it; `dns-elsewhere`: another host did. */
export type NameSource = (typeof NAME_SOURCES)[number];

/** outbound: opened from inside; inbound: opened from outside; internal: both inside; transit: neither. */
export type Direction = "outbound" | "inbound" | "internal" | "transit";

export const SERVICE_KINDS = [
  "ai",
  "m365",
  "personal-cloud",
  "mail-suite",
  "remote-support",
  "backup",
  "resolver",
  "relay",
  /** The public name that encrypted client hellos show instead of the real one (RFC 9849 `public_name`). */
  "ech-front",
  "health",
] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** A known service, by name suffix (geo-db/services.yaml). Interned. */
export interface Service {
  readonly name: string;
  readonly kind: ServiceKind;
}

/**
 * One flow event with all that the core found out. One object serves all events: detections, sinks and stores read it
 * within their call and copy what they keep.
 */
export interface JudgedFlow {
  flow: FlowView;
  direction: Direction;
  /** The inside end; undefined for transit. */
  zone: Zone | undefined;
  asset: Asset | undefined;
  /** True when the initiator is the inside end ("up" then is the initiator's bytes). */
  isInsideInitiator: boolean;
  /** Bytes and packets that left the site, of the whole flow and since the last report. */
  bytesOut: number;
  bytesIn: number;
  newBytesOut: number;
  newBytesIn: number;
  /** Both directions seen (DETECTIONS: `established`). */
  isEstablished: boolean;
  party: Party | undefined;
  partyBy: PartyBy | undefined;
  /** Names of other parties that something else of this flow speaks for: who it is is not certain. Interned. */
  partyAlso?: readonly string[] | undefined;
  /** Its own network or AS number speaks for the party, not only what the other end says of itself (name, certificate, AE title). */
  isPartyProven?: boolean | undefined;
  /** The inside proxy at the responder's end was asked for this ("host:port"): name, place and party are the target's. */
  proxiedTo?: string | undefined;
  /** The inside client that the flow's sender, a proxy of the site, made it for; `asset` then is that client. */
  forwardedFor?: string | undefined;
  /** Address of that target, where a DNS answer or the target itself told it. */
  proxiedAddress?: string | undefined;
  /** The same as four words (lib/ip.ts); undefined where no address is known, or no proxy was asked. Reused: read it at once. */
  proxiedWords?: readonly [number, number, number, number] | undefined;
  /** Best name of the outside end. */
  name: string | undefined;
  nameSource: NameSource | undefined;
  /** Where the outside end is, before any list was asked; undefined for internal flows. */
  place?: Place | undefined;
  location: Location | undefined;
  /** What kind of service the name belongs to (an AI service, a remote-support tool …), by the lists in geo-db. */
  service?: Service | undefined;
  judgement: Judgement;
  /** Text of the inside and outside address; made only when read. For internal and transit: initiator and responder. */
  insideAddress(): string;
  outsideAddress(): string;
  outsidePort(): number;
}
