import { createRequire } from "node:module";
import type { JudgedFlow } from "../model/judgement.ts";

/** Organisations kept; when there is no room, the half with fewest bytes goes. */
const MOST_CANDIDATES = 20_000;
/** Distinct zones, countries and names kept of each. */
const MOST_VALUES = 20;

/** An organisation that is seen and not registered. */
export interface Candidate {
  /** Registrable domain (eTLD+1), else "AS64500", else the address. */
  key: string;
  by: "domain" | "asn" | "address";
  asns: Set<number>;
  organizations: Set<string>;
  names: Set<string>;
  zones: Set<string>;
  countries: Set<string>;
  judgements: Set<string>;
  flows: number;
  bytesOut: number;
  bytesIn: number;
  firstMicros: number;
  lastMicros: number;
}

export interface Candidates {
  /** `count`: what the flow stands for; its own bytes when left out. */
  add(judged: JudgedFlow, count?: { flows: number; bytesOut: number; bytesIn: number }): void;
  /** Most bytes out first. */
  list(): Candidate[];
  get(key: string): Candidate | undefined;
  /** Organisations that had to go. */
  forgotten(): number;
}

/**
 * Who answers at outside ends and is in no register: what the operator might register. By registrable domain (public suffix
 * list), else by AS, else by address. Bounded; counts are of what is kept.
 */
export function createCandidates(limit = MOST_CANDIDATES): Candidates {
  const { getDomain } = createRequire(import.meta.url)("tldts") as { getDomain(name: string): string | null };
  const byKey = new Map<string, Candidate>();
  let forgotten = 0;

  function keyOf(judged: JudgedFlow): [string, Candidate["by"]] {
    const domain = judged.name === undefined ? null : getDomain(judged.name);
    if (domain !== null) return [domain, "domain"];
    const asn = judged.place?.asn;
    return asn === undefined ? [judged.outsideAddress(), "address"] : [`AS${asn}`, "asn"];
  }

  function make(key: string, by: Candidate["by"], atMicros: number): Candidate {
    if (byKey.size >= limit) makeRoom();
    const candidate: Candidate = {
      key,
      by,
      asns: new Set(),
      organizations: new Set(),
      names: new Set(),
      zones: new Set(),
      countries: new Set(),
      judgements: new Set(),
      flows: 0,
      bytesOut: 0,
      bytesIn: 0,
      firstMicros: atMicros,
      lastMicros: atMicros,
    };
    byKey.set(key, candidate);
    return candidate;
  }

  function makeRoom(): void {
    const least = sorted().slice(Math.floor(limit / 2));
    for (const { key } of least) byKey.delete(key);
    forgotten += least.length;
  }

  function sorted(): Candidate[] {
    return [...byKey.values()].sort((a, b) => b.bytesOut - a.bytesOut || b.flows - a.flows || (a.key < b.key ? -1 : 1));
  }

  return {
    add(judged, { flows, bytesOut, bytesIn } = { flows: 1, bytesOut: judged.newBytesOut, bytesIn: judged.newBytesIn }) {
      const { direction, party, place, flow } = judged;
      if (party !== undefined || direction === "internal" || direction === "transit" || place?.special !== undefined) return;
      const [key, by] = keyOf(judged);
      const atMicros = flow.endMicros;
      const candidate = byKey.get(key) ?? make(key, by, atMicros);
      candidate.flows += flows;
      candidate.bytesOut += bytesOut;
      candidate.bytesIn += bytesIn;
      candidate.firstMicros = Math.min(candidate.firstMicros, atMicros);
      candidate.lastMicros = Math.max(candidate.lastMicros, atMicros);
      keep(candidate.judgements, judged.judgement.word);
      if (judged.zone !== undefined) keep(candidate.zones, judged.zone.name);
      if (judged.name !== undefined) keep(candidate.names, judged.name);
      if (place?.asn !== undefined) keep(candidate.asns, place.asn);
      if (place?.organization !== undefined) keep(candidate.organizations, place.organization);
      for (const country of place?.countries ?? []) keep(candidate.countries, country);
    },
    list: sorted,
    get: (key) => byKey.get(key),
    forgotten: () => forgotten,
  };
}

function keep<T>(values: Set<T>, value: T): void {
  if (values.size < MOST_VALUES) values.add(value);
}
