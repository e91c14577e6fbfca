import type { Claim, CloudRegion, Place } from "../../model/location.ts";
import type { CountryAnswer, CountryDatabase } from "./country-database.ts";
import { fuse } from "./fuse.ts";
import { RANKS } from "./weights.ts";

/** A place without its number and its AS. */
export type Ground = Omit<Place, "index" | "asn" | "organization">;

/** What one source says, as claims: at most where it is used and where it is registered. */
export function claimsOf(source: CountryDatabase, answer: CountryAnswer | undefined): Claim[] {
  const { name, build, sha256 } = source;
  const kind = answer?.kind ?? source.kind ?? "country-database";
  const from = { source: name, build, sha256 };
  if (answer === undefined) {
    const isDatabase = kind === "country-database" || kind === "city-database";
    return isDatabase ? [{ kind, ...from, countries: [], note: "has no entry for this address" }] : [];
  }
  const { country, registered, note } = answer;
  const said = note === undefined ? {} : { note };
  const registration: Claim[] =
    registered === undefined
      ? []
      : [{ kind: "registration", ...from, countries: [registered], note: "only the country of registration is known" }];
  if (country === undefined && registered !== undefined) return registration;
  const used: Claim = { kind, ...from, countries: country === undefined ? [] : [country], ...said };
  return [used, ...registration.map((claim) => ({ ...claim, note: "the country of registration" }))];
}

/** Claims and the answers they came from, put together: the best claim first. */
export function groundOf(claims: readonly Claim[], answers: readonly CountryAnswer[]): Ground {
  const ranked = [...claims].sort((a, b) => rankOf(a) - rankOf(b));
  const fused = fuse(ranked);
  const cloud: CloudRegion | undefined = answers.find((answer) => answer.cloud !== undefined)?.cloud;
  const anycast = fused.countries.length === 0 ? answers.find((answer) => answer.anycast !== undefined)?.anycast : undefined;
  return {
    ...fused,
    special: undefined,
    claims: ranked,
    ...(cloud === undefined ? {} : { cloud }),
    ...(anycast === undefined ? {} : { anycast }),
  };
}

/** A claim without a country comes after those with one, anycast aside. */
function rankOf({ kind = "country-database", countries }: Claim): number {
  const rank = RANKS.findIndex((kinds) => kinds.includes(kind));
  return countries.length === 0 && kind !== "anycast" ? RANKS.length + rank : rank;
}
