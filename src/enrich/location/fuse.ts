import type { Claim, ClaimKind, Place } from "../../model/location.ts";
import { AGREEMENT, DISPUTE, DISSENT, LEAST_DISSENTED, MOST_AGREED, RANKS, WEIGHTS } from "./weights.ts";

/** What the claims about an address come to, before any list is asked. */
export type Fused = Pick<Place, "countries" | "confidence" | "isDisputed" | "agreedConfidence" | "disproved">;

const DATABASES: ReadonlySet<ClaimKind> = new Set(["city-database", "country-database"]);

/**
 * Puts claims together: the highest rank that says anything decides the countries; databases beside it raise or lower the
 * confidence (weights.ts). A claim that `isRuledOut` (it is too far away for the time an answer took) does not count; when none
 * is left, the place keeps the claimed countries with confidence 0, and says that they are disproved. The same claims in the
 * same order give the same answer.
 */
export function fuse(claims: readonly Claim[], isRuledOut: (claim: Claim) => boolean = () => false): Fused {
  const standing = claims.filter((claim) => claim.countries.length === 0 || !isRuledOut(claim));
  const decided = decide(standing);
  if (standing.length === claims.length) return decided;
  const ruledOut = claims.filter((claim) => !standing.includes(claim)).flatMap((claim) => claim.countries);
  const disproved = [...new Set(ruledOut)].filter((code) => !decided.countries.includes(code)).sort();
  if (decided.countries.length > 0) return { ...decided, ...(disproved.length > 0 ? { disproved } : {}) };
  const { countries } = decide(claims);
  // An anycast list beside the claims: nowhere certain was the answer before, and still is.
  return countries.length === 0 ? { ...decided, disproved } : { countries, confidence: 0, disproved };
}

function decide(claims: readonly Claim[]): Fused {
  for (const rank of RANKS) {
    const speaking = claims.filter(
      ({ kind = "country-database", countries }) => rank.includes(kind) && (countries.length > 0 || kind === "anycast"),
    );
    if (speaking.length === 0) continue;
    if (speaking[0].kind === "anycast") return { countries: [], confidence: 0 };
    return ofRank(speaking, claims);
  }
  return { countries: [], confidence: 0 };
}

function ofRank(speaking: readonly Claim[], all: readonly Claim[]): Fused {
  const kind = speaking[0].kind ?? "country-database";
  const countries = byVotes(speaking);
  const isDisputed = speaking.some((claim) => !isSame(claim.countries, speaking[0].countries));
  const weight = WEIGHTS[kind];
  const agreed = DATABASES.has(kind) ? Math.min(MOST_AGREED, weight + AGREEMENT * (speaking.length - 1)) : weight;
  if (isDisputed) return { countries, confidence: Math.max(0, weight - DISPUTE), isDisputed, agreedConfidence: agreed };
  if (DATABASES.has(kind)) return { countries, confidence: agreed };
  if (kind !== "cloud-region") return { countries, confidence: weight };
  const others = all.filter((claim) => DATABASES.has(claim.kind ?? "country-database") && claim.countries.length > 0);
  const dissenting = others.filter((claim) => !claim.countries.some((code) => countries.includes(code))).length;
  return { countries, confidence: Math.max(LEAST_DISSENTED, weight - DISSENT * dissenting) };
}

/** Those that most sources name first; of equals the one named first. */
function byVotes(claims: readonly Claim[]): string[] {
  const votes = new Map<string, number>();
  for (const claim of claims) for (const code of claim.countries) votes.set(code, (votes.get(code) ?? 0) + 1);
  return [...votes].sort((a, b) => b[1] - a[1]).map(([code]) => code);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((code) => b.includes(code));
}
