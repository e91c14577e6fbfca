import { atOnce, type Sliced } from "../lib/slices.ts";
import type { FlowFacts } from "../model/facts.ts";
import type { PartyBy } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";
import { networksOf } from "./location/contracts.ts";
import { prefixTableSliced } from "./location/prefix-table.ts";
import { NameSuffixes } from "./name-suffixes.ts";
import { createAeTitles, createSubjects } from "./party-marks.ts";

/** A registered party and how it was recognised. Interned. */
export interface PartyMatch {
  readonly party: Party;
  readonly by: PartyBy;
  /** Names of other parties that something else of the flow speaks for; undefined: nobody else. */
  readonly also?: readonly string[];
  /** Its own network or AS number speaks for it, not only what the other end says of itself. */
  readonly isProven: boolean;
}

/** Names whose suffix is remembered; beyond them all are looked up anew. */
const MOST_NAMES = 65_536;
/** Ambiguous combinations kept; there are as many as parties that claim each other's marks. */
const MOST_COMBINATIONS = 4096;

export interface Parties {
  /**
   * Who is at the outside end, by the first of these that speaks for somebody:
   * 1. its name (longest registered suffix), 2. its address (most specific registered network), 3. the subject of its
   * certificate, 4. the DICOM application entity that is called there, or calls from there, 5. its AS number.
   * Where the others speak for somebody else, the match says so. Where two parties claim the same mark, the one listed first
   * has it. Name, certificate and title are what the other end says of itself and can be a lie: `isProven` tells whether its
   * network or AS number says the same, and where the flow goes is judged by its address all the same.
   */
  find(
    name: string | undefined,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    asn: number | undefined,
    facts?: FlowFacts,
    isInbound?: boolean,
  ): PartyMatch | undefined;
}

export function createParties(parties: readonly Party[]): Parties {
  return atOnce(partiesSliced(parties));
}

/** The same, for registers of ten thousand parties. */
export function* partiesSliced(parties: readonly Party[]): Sliced<Parties> {
  const proven = matchesOf(parties.length);
  const unproven = matchesOf(parties.length);
  const asns = new Map<number, number>();
  for (const [n, party] of parties.entries()) for (const asn of party.asns) if (!asns.has(asn)) asns.set(asn, n + 1);
  const domains = parties.flatMap((party, n) => party.domains.map((suffix) => ({ suffix, value: n + 1 })));
  yield;
  const suffixes = domains.length > 0 ? yield* NameSuffixes.ofSliced(domains) : undefined;
  const hasNetworks = parties.some(({ networks }) => networks.length > 0);
  const table = hasNetworks ? yield* prefixTableSliced(networksOf(parties)) : undefined;
  const subjects = createSubjects(parties);
  yield;
  const aeTitles = createAeTitles(parties);
  const known = new Map<string, number>();
  const combinations = new Map<string, PartyMatch>();

  function ofName(name: string): number {
    const held = known.get(name);
    if (held !== undefined || suffixes === undefined) return held ?? 0;
    const value = suffixes.find(name);
    if (known.size >= MOST_NAMES) known.clear();
    known.set(name, value);
    return value;
  }

  /** The same match, with the others that are spoken for. Values above 0; equal to the winner's or 0: nobody else. */
  function ambiguous(match: PartyMatch, winner: number, others: readonly number[]): PartyMatch {
    const also = [...new Set(others)].filter((value) => value > 0 && value !== winner);
    const key = `${match.by} ${match.isProven} ${winner} ${also.join(" ")}`;
    const held = combinations.get(key);
    if (held !== undefined) return held;
    const made: PartyMatch = { ...match, also: also.map((value) => parties[value - 1].name) };
    if (combinations.size >= MOST_COMBINATIONS) combinations.clear();
    combinations.set(key, made);
    return made;
  }

  return {
    find(name, w0, w1, w2, w3, asn, facts, isInbound = false) {
      const named = name === undefined || suffixes === undefined ? 0 : ofName(name);
      const placed = table === undefined ? 0 : table.find(w0, w1, w2, w3);
      const subject = facts?.tls?.server?.subject;
      const certified = subject === undefined || subjects === undefined ? 0 : subjects(subject);
      const dicom = facts?.dicom;
      const titled = dicom === undefined || aeTitles === undefined ? 0 : aeTitles(isInbound ? dicom.callingAe : dicom.calledAe);
      const announced = asn === undefined || asns.size === 0 ? 0 : (asns.get(asn) ?? 0);
      const winner = named || placed || certified || titled || announced;
      if (winner === 0) return undefined;
      const isProven = placed === winner || (placed === 0 && announced === winner);
      const by: PartyBy = named > 0 ? "name" : placed > 0 ? "prefix" : certified > 0 ? "certificate" : titled > 0 ? "ae-title" : "asn";
      const made = (isProven ? proven : unproven)[by];
      let match = made[winner - 1];
      if (match === undefined) {
        match = { party: parties[winner - 1], by, isProven };
        made[winner - 1] = match;
      }
      const isAlone =
        (placed === 0 || placed === winner) &&
        (certified === 0 || certified === winner) &&
        (titled === 0 || titled === winner) &&
        (announced === 0 || announced === winner);
      return isAlone ? match : ambiguous(match, winner, [placed, certified, titled, announced]);
    },
  };
}

/** Made when somebody is met: most of a large register never is. */
function matchesOf(count: number): Record<PartyBy, (PartyMatch | undefined)[]> {
  const none = (): (PartyMatch | undefined)[] => new Array<PartyMatch | undefined>(count).fill(undefined);
  return { name: none(), prefix: none(), certificate: none(), "ae-title": none(), asn: none() };
}
