import { countryWords } from "../lib/words.ts";
import type { Judgement } from "../model/judgement.ts";
import type { Location } from "../model/location.ts";
import type { Party, Zone } from "../model/site.ts";
import { covers, type ReadyAuthorisation, type Standing, type Who } from "./authorisations.ts";
import { hoursInWords } from "./hours.ts";

/** Authorisations named that would have been about it at another time. */
const MOST_LAPSED = 4;

/**
 * The rules, in order; the first that holds decides.
 *
 * 1. The zone asks for no judgement                              → ignored     zone:<name>
 * 2. Special-purpose space (private, documentation …), unless an
 *    authorisation names the party there (a leased line, a VPN)  → ignored     special-purpose:<name>
 * 3. Every country of the place is on the zone's list            → approved    list:<name>
 * 4. An authorisation valid at packet time covers it, the first   → authorised  authorisation:<id>
 * 5. One would, but that it is the party is its own word alone    → undecided   unproven:<id>
 * 6. No country of the place is on the list                      → violation   list:<name>
 * 7. Nowhere certain, or the sources contradict each other       → undecided   no-rule
 *
 * Why 4 comes before 7: an authorisation that names a party and no countries rests on a contract (GDPR 28, 46) and not on
 * geography, so it holds when the place is not certain. One that names countries needs a certain place. Why 7 is never
 * approved: not knowing where patient data goes is itself a finding (GDPR 5(2), 44); and never a violation: a foreign
 * address is an indicator, an unknown one is not even that. What a party's contract says of countries is not asked here:
 * leaving them is drift, a detection of its own.
 */
export function decide(
  zone: Zone,
  who: Who,
  location: Location,
  authorisations: readonly ReadyAuthorisation[],
  standings: readonly Standing[],
  timeZone: string,
): Judgement {
  const { place, verdict, list } = location;
  const { party } = who;
  if (!zone.isJudged) return judgement("ignored", `zone:${zone.name}`, `zone ${zone.name} is not judged`);
  const countries = verdict === "inside-list" || verdict === "outside-list" ? place.countries : [];
  const near = authorisations
    .map((entry) => ({ authorisation: entry.authorisation, standing: standings[entry.index], covers: covers(entry, zone, who, countries) }))
    .filter((entry) => entry.covers !== "no");
  const about = near.filter((entry) => entry.covers === "yes");
  const valid = about.find(({ standing }) => standing === "valid");
  const authorised = (): Judgement | undefined => {
    if (!valid) return undefined;
    const { id, purpose, basis } = valid.authorisation;
    return judgement("authorised", `authorisation:${id}`, `authorisation ${id} allows it: ${purpose} (${basis})`);
  };

  if (place.special !== undefined) {
    const because = `${place.special} address space is not on the Internet and has no country`;
    return authorised() ?? judgement("ignored", `special-purpose:${place.special}`, because);
  }
  if (verdict === "inside-list") return judgement("approved", `list:${list}`, `${countryWords(countries)} is on the list ${list}`);
  const allowed = authorised();
  if (allowed) return allowed;
  const unproven = near.find((entry) => entry.standing === "valid");
  const ended = about.filter(({ standing }) => standing === "over").map(({ authorisation }) => authorisation.id);
  if (unproven !== undefined && party !== undefined) return withLapsed(unprovenParty(unproven.authorisation.id, party, countries), ended);

  const lapsed = about.slice(0, MOST_LAPSED).map(({ authorisation, standing }) => {
    const { id, from, until, hours } = authorisation;
    if (standing === "over") return `authorisation ${id} ended on ${until}`;
    if (standing === "early") return `authorisation ${id} begins on ${from}`;
    return `authorisation ${id} holds ${hours === undefined ? "at other hours" : hoursInWords(hours)} (${timeZone}) only`;
  });
  const none = lapsed.length > 0 ? lapsed.join("; ") : "no authorisation covers it";
  if (verdict === "outside-list") {
    const because = `${countryWords(countries)} is not on the list ${list}, and ${none}`;
    return withLapsed(judgement("violation", `list:${list}`, because, wouldAllow(zone, party, countries, lapsed.length > 0)), ended);
  }
  const why =
    verdict === "contradicted"
      ? `the sources contradict each other (${countryWords(place.countries)})`
      : place.countries.length > 0
        ? `${countryWords(place.countries)} is not certain enough (confidence ${place.confidence} below 50)`
        : "nobody knows where it is";
  return withLapsed(judgement("undecided", "no-rule", `${why}, and ${none}`, wouldAllow(zone, party, [], lapsed.length > 0)), ended);
}

function withLapsed(judgement: Judgement, lapsed: readonly string[]): Judgement {
  return lapsed.length === 0 ? judgement : { ...judgement, lapsed };
}

function unprovenParty(id: string, party: Party, where: readonly string[]): Judgement {
  const place = where.length === 0 ? "where it is is not certain" : `its contract names no country, and this is in ${countryWords(where)}`;
  const because = `that it is ${party.name} is the other end's own word alone (its name, certificate or AE title), and ${place}, so authorisation ${id} cannot be relied on`;
  return judgement(
    "undecided",
    `unproven:${id}`,
    because,
    `the networks or AS number of ${party.name} in the register, or the countries named in its contract or in authorisation ${id}`,
  );
}

function wouldAllow(zone: Zone, party: Party | undefined, countries: readonly string[], hasLapsed: boolean): string {
  const renewed = hasLapsed ? "the authorisation made valid for that time, if the transfer is still wanted; or " : "";
  const who = party === undefined ? "its operator registered as a party, and an authorisation" : `an authorisation for ${party.name}`;
  const where = countries.length === 0 ? "" : ` in ${countries.join(", ")}`;
  return `${renewed}${who} from zone ${zone.name}${where}, with a purpose and a legal basis (GDPR 44–49)`;
}

function judgement(word: Judgement["word"], rule: string, because: string, allow?: string): Judgement {
  return { word, rule, because, wouldAllow: allow };
}
