import { JUDGEMENTS, type JudgedFlow, type JudgementWord } from "../model/judgement.ts";
import type { Location } from "../model/location.ts";
import type { Party, Zone } from "../model/site.ts";

/** Cells kept (zone × country × judgement, and parties); what is beyond goes to one row "other". */
const CELLS = 8192;
const RECENT = 4096;
const COLUMNS = 4;

/** Stands for the place of flows between two inside ends. */
const INSIDE: Location = {
  place: { index: 0, countries: [], confidence: 0, claims: [], asn: undefined, organization: undefined, special: undefined },
  verdict: "inside-list",
  list: "",
};

export interface TotalRow {
  bytesOut: number;
  bytesIn: number;
  flows: number;
  events: number;
}

export interface CountryRow extends TotalRow {
  /** Zone name; "" for flows without one. */
  zone: string;
  /** ISO code; "??" when nobody knows; "inside", "special" (private, multicast …) or "" (neither end is inside). */
  country: string;
  judgement: JudgementWord;
}

export interface PartyRow extends TotalRow {
  /** Title of the party; undefined: nobody known. */
  party: string | undefined;
}

/**
 * Sums over flow events, for the summary people read: bytes out and in by zone × country × judgement, and by party.
 * Flows count when they end. A direct-mapped table by place makes the ordinary event cost no lookup by text.
 */
export class Totals {
  firstMicros = Number.POSITIVE_INFINITY;
  lastMicros = Number.NEGATIVE_INFINITY;
  private readonly sums = new Float64Array(CELLS * COLUMNS);
  private readonly cells = new Map<string, number>();
  private readonly parties = new Map<Party | undefined, number>();
  private used = 1;
  private readonly recentLocations: (Location | undefined)[] = new Array(RECENT).fill(undefined);
  private readonly recentZones: (Zone | undefined)[] = new Array(RECENT).fill(undefined);
  private readonly recentWords: (JudgementWord | undefined)[] = new Array(RECENT).fill(undefined);
  private readonly recentCells = new Int32Array(RECENT);

  add(judged: JudgedFlow): void {
    const { flow, zone } = judged;
    const location = judged.direction === "internal" ? INSIDE : judged.location;
    const { word } = judged.judgement;
    if (flow.startMicros < this.firstMicros) this.firstMicros = flow.startMicros;
    if (flow.endMicros > this.lastMicros) this.lastMicros = flow.endMicros;
    const at = location === undefined ? 0 : location.place.index & (RECENT - 1);
    let cell: number;
    if (this.recentLocations[at] === location && this.recentZones[at] === zone && this.recentWords[at] === word)
      cell = this.recentCells[at];
    else {
      cell = this.cellOf(zone, location, word);
      this.recentLocations[at] = location;
      this.recentZones[at] = zone;
      this.recentWords[at] = word;
      this.recentCells[at] = cell;
    }
    const { newBytesOut, newBytesIn } = judged;
    const closed = flow.isClosed ? 1 : 0;
    this.count(cell, newBytesOut, newBytesIn, closed);
    if (judged.direction === "internal") return;
    this.count(this.partyCell(judged.party), newBytesOut, newBytesIn, closed);
  }

  /** By bytes out, most first. */
  byCountry(): CountryRow[] {
    const rows = [...this.cells].map(([key, cell]) => {
      const [zone, country, word] = key.split("\u0000");
      return { zone, country, judgement: word as JudgementWord, ...this.row(cell) };
    });
    return rows.sort(
      (a, b) =>
        b.bytesOut - a.bytesOut ||
        JUDGEMENTS.indexOf(a.judgement) - JUDGEMENTS.indexOf(b.judgement) ||
        compare(a.zone + a.country, b.zone + b.country),
    );
  }

  byParty(): PartyRow[] {
    const rows = [...this.parties].map(([party, cell]) => ({ party: party?.title, ...this.row(cell) }));
    return rows.sort((a, b) => b.bytesOut - a.bytesOut || compare(a.party ?? "", b.party ?? ""));
  }

  /** What found no cell of its own. */
  other(): TotalRow {
    return this.row(0);
  }

  private count(cell: number, bytesOut: number, bytesIn: number, closed: number): void {
    const at = cell * COLUMNS;
    this.sums[at] += bytesOut;
    this.sums[at + 1] += bytesIn;
    this.sums[at + 2] += closed;
    this.sums[at + 3] += 1;
  }

  private row(cell: number): TotalRow {
    const [bytesOut, bytesIn, flows, events] = this.sums.subarray(cell * COLUMNS, cell * COLUMNS + COLUMNS);
    return { bytesOut, bytesIn, flows, events };
  }

  private cellOf(zone: Zone | undefined, location: Location | undefined, word: JudgementWord): number {
    const country = countryWord(location);
    const key = `${zone?.name ?? ""}\u0000${country}\u0000${word}`;
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = this.newCell();
      if (cell > 0) this.cells.set(key, cell);
    }
    return cell;
  }

  private partyCell(party: Party | undefined): number {
    let cell = this.parties.get(party);
    if (cell === undefined) {
      cell = this.newCell();
      if (cell > 0) this.parties.set(party, cell);
    }
    return cell;
  }

  /** 0, the cell of all others, when there is no room. */
  private newCell(): number {
    if (this.used >= CELLS) return 0;
    this.used += 1;
    return this.used - 1;
  }
}

function countryWord(location: Location | undefined): string {
  if (location === undefined) return "";
  if (location === INSIDE) return "inside";
  return location.place.special !== undefined ? "special" : (location.place.countries[0] ?? "??");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
