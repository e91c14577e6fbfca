import type { ClaimKind } from "../../model/location.ts";

/**
 * How much one claim is worth alone, 0–100: the confidence of a place that only it speaks for. 80 is what the gravest
 * detections ask for, below 50 nothing is decided. docs/location.md has the measurements behind the numbers.
 */
export const WEIGHTS: Readonly<Record<ClaimKind, number>> = {
  /** Special-purpose space is nowhere. */
  "special-purpose": 0,
  /** The operator's own word, with name, reason and last day. */
  override: 100,
  /** The cloud vendor's own list of its regions. */
  "cloud-region": 95,
  /** One address, many places: it takes away what databases say. */
  anycast: 0,
  "city-database": 85,
  "country-database": 85,
  /** Where a block is registered, not where it is used. */
  registration: 40,
  /** A promise to be checked, not an observation. */
  contract: 35,
  /** Where the network that announces the address has nearly all of its addresses. */
  "as-home": 30,
  /** It only disproves. */
  "rtt-bound": 0,
};

/** The kinds in order of rank: the first that says anything decides, those below it only raise or lower the confidence. */
export const RANKS: readonly (readonly ClaimKind[])[] = [
  ["override"],
  ["cloud-region"],
  ["anycast"],
  ["city-database", "country-database"],
  ["registration"],
  ["contract"],
  ["as-home"],
];

/** For each further database that says the same. */
export const AGREEMENT = 5;
/** More than this nobody gets without the vendor's or the operator's word. */
export const MOST_AGREED = 95;
/** Once, when sources of the deciding rank name different countries. */
export const DISPUTE = 15;
/** For each database that says otherwise than a cloud vendor's own list … */
export const DISSENT = 5;
/** … but never below this. */
export const LEAST_DISSENTED = 80;
