import type { Claim, Place } from "../model/location.ts";

/** Places remembered by index; those of a higher index are worked out each time. */
const PLACES_KEPT = 65_536;
const DATABASES: ReadonlySet<string> = new Set(["country-database", "city-database"]);

export interface ClaimsSummary {
  /** An override speaks, and no database agrees with it. */
  isOverrideAlone: boolean;
  /** Two databases name different countries. */
  areDatabasesApart: boolean;
  /** How many databases name a country. */
  databases: number;
}

const NOTHING: ClaimsSummary = { isOverrideAlone: false, areDatabasesApart: false, databases: 0 };

/** What the claims of a place say of one another, worked out once per place. */
export class PlaceClaims {
  private readonly places: (Place | undefined)[] = [];
  private readonly summaries: ClaimsSummary[] = [];

  of(place: Place): ClaimsSummary {
    const { index } = place;
    if (index < this.places.length && this.places[index] === place) return this.summaries[index];
    const made = summaryOf(place.claims);
    if (index < 0 || index >= PLACES_KEPT) return made;
    while (this.places.length <= index) {
      this.places.push(undefined);
      this.summaries.push(NOTHING);
    }
    this.places[index] = place;
    this.summaries[index] = made;
    return made;
  }
}

function summaryOf(claims: readonly Claim[]): ClaimsSummary {
  const told = claims.filter(({ kind, countries }) => DATABASES.has(kind ?? "country-database") && countries.length > 0);
  const override = claims.find(({ kind, countries }) => kind === "override" && countries.length > 0);
  const isAlone = override !== undefined && told.length > 0 && told.every((claim) => !agree(claim, override));
  const areApart = told.some((claim) => !agree(claim, told[0]));
  return isAlone || areApart || told.length > 0
    ? { isOverrideAlone: isAlone, areDatabasesApart: areApart, databases: told.length }
    : NOTHING;
}

function agree(a: Claim, b: Claim): boolean {
  return a.countries.some((country) => b.countries.includes(country));
}
