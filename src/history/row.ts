import { FLOW_RECORD_BYTES } from "../model/flow.ts";

/**
 * A judged flow event on its way to the history process: the 256 bytes of the flow record as they came, then what the
 * core found out, as numbers and as indexes into the dictionaries of the batch (0: none, n: entry n - 1).
 */
export const RECORD_WORDS = FLOW_RECORD_BYTES / 4;
export const ROW_WORDS = RECORD_WORDS + 22;
export const ROW_DOUBLES = ROW_WORDS / 2;
export const ROW_BYTES = ROW_WORDS * 4;

/** Indexes of 32-bit words within a row. */
export const R = {
  flags: RECORD_WORDS,
  zone: RECORD_WORDS + 1,
  asset: RECORD_WORDS + 2,
  party: RECORD_WORDS + 3,
  name: RECORD_WORDS + 4,
  judgement: RECORD_WORDS + 5,
  location: RECORD_WORDS + 6,
  facts: RECORD_WORDS + 7,
  epoch: RECORD_WORDS + 8,
  direction: RECORD_WORDS + 9,
  partyAlso: RECORD_WORDS + 10,
  proxiedTo: RECORD_WORDS + 11,
  forwardedFor: RECORD_WORDS + 12,
} as const;

/** Indexes of doubles within a row. */
export const RD = { bytesOut: 39, bytesIn: 40, newBytesOut: 41, newBytesIn: 42 } as const;

/** In `flags`: two bits, then party-by + 1 from bit 8, name-source + 1 from bit 16. */
export const FLAG_INSIDE_INITIATOR = 1;
export const FLAG_ESTABLISHED = 2;
export const PARTY_BY_SHIFT = 8;
export const NAME_SOURCE_SHIFT = 16;

export const DIRECTIONS = ["outbound", "inbound", "internal", "transit"] as const;

export interface JudgementWords {
  word: string;
  rule: string;
  because: string;
  wouldAllow: string;
}

export interface LocationWords {
  countries: string;
  confidence: number;
  verdict: string;
  list: string;
  /** NaN when unknown. */
  asn: number;
  organization: string;
  special: string;
}

/** Facts as they travel: JSON text, and the protocols joined by spaces for the column of their own. */
export interface FactsText {
  json: string;
  protocols: string;
}

/** A self-contained run of rows and alerts. Numbered from 1 within a run of the writer, without holes. */
export interface HistoryBatch {
  number: number;
  /** Place of the first row among all events taken in this run, from 1. */
  firstSequence: number;
  /** Place of the last event taken when this batch was handed over: all up to it are in this batch or before it, or counted as dropped. */
  lastSequence: number;
  count: number;
  /** `count` × ROW_BYTES. */
  bytes: Uint8Array<ArrayBuffer>;
  zones: string[];
  assets: string[];
  parties: string[];
  names: string[];
  /** Names of parties, joined by spaces. */
  partiesAlso: string[];
  /** Targets that proxies were asked for, and clients that proxies asked for. */
  proxied: string[];
  forwarded: string[];
  judgements: JudgementWords[];
  locations: LocationWords[];
  facts: FactsText[];
  epochs: string[];
  policyRevision: string;
  /** Database builds as JSON text, name → build. */
  builds: string;
  /** Alerts as JSON text. */
  alerts: string[];
  /** What it takes to keep it, bytes, about. */
  weight: number;
}
