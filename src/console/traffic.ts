import { formatBytes } from "../lib/units.ts";
import type { JudgedFlow, JudgementWord } from "../model/judgement.ts";
import { JUDGEMENTS } from "../model/judgement.ts";
import type { LocationVerdict } from "../model/location.ts";
import { LOCATION_VERDICTS } from "../model/location.ts";
import type { Zone } from "../model/site.ts";
import { holdsPatientData } from "../model/site.ts";
import type { ZoneCountryRow } from "./wire.ts";

export const WINDOW_MINUTES = 15;
export const SERIES_MINUTES = 60;

/** Slots of the rings: powers of two, so that a minute finds its slot by masking. */
const SLOTS = 16;
const SERIES_SLOTS = 64;
const MICROS_PER_MINUTE = 60_000_000;

const MOST_ZONES = 64;
const MOST_COUNTRIES = 512;
const MOST_CELLS = 4096;
const MOST_ZONE_OBJECTS = 1024;
const WORDS = JUDGEMENTS.length;
/** One more than the verdicts: not located at all. */
const VERDICTS = LOCATION_VERDICTS.length + 1;
/** More than this share of the window's bytes between two outside addresses, and at least so many: a network of the site may be missing. */
const TRANSIT_SHARE = 0.05;
const TRANSIT_BYTES = 10_000_000;
/** So many events in a row behind the window mean that the clock went back, not that they are late. */
const LATE_BEFORE_RESTART = 1000;

const OTHER = 0;
const VIOLATION = JUDGEMENTS.indexOf("violation");

/** Sums of one cell over the window, as `forEachCell` hands them out; one object serves all cells. */
export interface CellSum {
  zone: string;
  holdsPatientData: boolean;
  country: string;
  verdict: LocationVerdict | null;
  judgement: JudgementWord;
  upBytes: number;
  downBytes: number;
  flows: number;
}

/**
 * Bytes over the border by zone × country × verdict × judgement, in a sliding window of packet time. `onFlow` sees every
 * flow event, so names become small integers once and sums live in typed arrays: the steady state allocates nothing.
 * Beyond the caps, zones and countries are summed as "other" and counted.
 */
export class Traffic {
  /** Events too old for the window. */
  lateEvents = 0;
  /** Events summed under "other" for want of a cell. */
  crowdedEvents = 0;
  newestMicros: number | undefined;

  private minute = -1;
  private lateInARow = 0;
  private readonly zoneIds = new Map<Zone, number>();
  private readonly zoneNames: string[] = ["other"];
  private readonly zoneIsPhi = new Uint8Array(MOST_ZONES).fill(1, 0, 1);
  private readonly countryIds = new Map<string, number>([["", 1]]);
  private readonly countryNames: string[] = ["other", ""];
  private readonly cellAt = new Int16Array(MOST_ZONES * MOST_COUNTRIES * VERDICTS * WORDS);
  /** Key of each cell; cell 0 is unused so that 0 in `cellAt` means "none yet". */
  private readonly cellKeys = new Int32Array(MOST_CELLS);
  private cellCount = 1;
  private readonly up = new Float64Array(MOST_CELLS * SLOTS);
  private readonly down = new Float64Array(MOST_CELLS * SLOTS);
  private readonly flows = new Float64Array(MOST_CELLS * SLOTS);
  /** Bytes by minute between two outside addresses, and over the border. */
  private readonly transit = new Float64Array(SLOTS);
  private readonly crossing = new Float64Array(SLOTS);
  private readonly seriesUp = new Float64Array(SERIES_SLOTS);
  private readonly seriesViolation = new Float64Array(SERIES_SLOTS);
  /** Since the start, [zone][judgement][up, down]. */
  private readonly judged = new Float64Array(MOST_ZONES * WORDS * 2);

  /** Takes one flow event. Internal flows cross no border and are left out; of transit flows only the sum is kept. */
  onFlow(judged: JudgedFlow): void {
    if (judged.direction === "internal") return;
    const flow = judged.flow;
    const micros = flow.eventMicros;
    const minute = Math.floor(micros / MICROS_PER_MINUTE);
    if (minute !== this.minute && !this.moveTo(minute)) return;
    if (this.newestMicros === undefined || micros > this.newestMicros) this.newestMicros = micros;
    if (judged.direction === "transit") {
      this.transit[minute & (SLOTS - 1)] += judged.newBytesOut + judged.newBytesIn;
      return;
    }
    const zoneId = judged.zone === undefined ? OTHER : (this.zoneIds.get(judged.zone) ?? this.addZone(judged.zone));
    const countries = judged.location?.place.countries;
    const country = countries === undefined || countries.length === 0 ? "" : countries[0];
    const countryId = this.countryIds.get(country) ?? this.addCountry(country);
    const word = wordIndex(judged.judgement.word);
    const key = ((zoneId * MOST_COUNTRIES + countryId) * VERDICTS + verdictIndex(judged.location?.verdict)) * WORDS + word;
    const cell = this.cellAt[key] || this.addCell(key);
    const out = judged.newBytesOut;
    const back = judged.newBytesIn;
    const slot = cell * SLOTS + (minute & (SLOTS - 1));
    this.crossing[minute & (SLOTS - 1)] += out + back;
    this.up[slot] += out;
    this.down[slot] += back;
    // The first report of a flow is the one whose news is all there is.
    if (flow.newPacketsUp === flow.packetsUp && flow.newPacketsDown === flow.packetsDown) this.flows[slot] += 1;
    const total = (zoneId * WORDS + word) * 2;
    this.judged[total] += out;
    this.judged[total + 1] += back;
    if (this.zoneIsPhi[zoneId] === 1) {
      const at = minute & (SERIES_SLOTS - 1);
      this.seriesUp[at] += out;
      if (word === VIOLATION) this.seriesViolation[at] += out;
    }
  }

  /** Lets packet time pass without flows, so that old minutes leave the window. */
  advanceTo(micros: number): void {
    const minute = Math.floor(micros / MICROS_PER_MINUTE);
    if (minute > this.minute) this.moveTo(minute);
    if (this.newestMicros === undefined || micros > this.newestMicros) this.newestMicros = micros;
  }

  /** Calls back for each cell with anything in the last `minutes`; the argument is reused. */
  forEachCell(minutes: number, visit: (cell: CellSum) => void): void {
    const wanted = Math.max(1, Math.min(WINDOW_MINUTES, Math.floor(minutes)));
    const sum: CellSum = {
      zone: "",
      holdsPatientData: true,
      country: "",
      verdict: null,
      judgement: "undecided",
      upBytes: 0,
      downBytes: 0,
      flows: 0,
    };
    for (let cell = 1; cell < this.cellCount; cell += 1) {
      sum.upBytes = 0;
      sum.downBytes = 0;
      sum.flows = 0;
      for (let back = 0; back < wanted; back += 1) {
        const slot = cell * SLOTS + ((this.minute - back) & (SLOTS - 1));
        sum.upBytes += this.up[slot];
        sum.downBytes += this.down[slot];
        sum.flows += this.flows[slot];
      }
      if (sum.upBytes === 0 && sum.downBytes === 0 && sum.flows === 0) continue;
      let key = this.cellKeys[cell];
      sum.judgement = JUDGEMENTS[key % WORDS];
      key = Math.floor(key / WORDS);
      sum.verdict = LOCATION_VERDICTS[key % VERDICTS] ?? null;
      key = Math.floor(key / VERDICTS);
      sum.country = this.countryNames[key % MOST_COUNTRIES];
      const zoneId = Math.floor(key / MOST_COUNTRIES);
      sum.zone = this.zoneNames[zoneId];
      sum.holdsPatientData = this.zoneIsPhi[zoneId] === 1;
      visit(sum);
    }
  }

  /** Zone × country rows of the window, most bytes out first. */
  zoneRows(minutes: number): ZoneCountryRow[] {
    const rows: ZoneCountryRow[] = [];
    this.forEachCell(minutes, (cell) => rows.push({ ...cell, country: cell.country === "" ? null : cell.country }));
    return rows.sort((a, b) => b.upBytes - a.upBytes || (a.zone < b.zone ? -1 : 1));
  }

  /**
   * Why the site's own networks may be incomplete: much of what crosses the tap goes between two outside addresses, where
   * nothing is judged. Undefined when it is little.
   */
  transitReason(): string | undefined {
    const sum = (bytes: Float64Array) => bytes.reduce((a, b) => a + b, 0);
    const transit = sum(this.transit);
    const share = transit / (transit + sum(this.crossing));
    if (transit < TRANSIT_BYTES || !(share > TRANSIT_SHARE)) return undefined;
    return `${Math.round(share * 100)} % of bytes go between two addresses that are both outside (${formatBytes(transit)} in ${WINDOW_MINUTES} min): they are not judged; is a network of the site missing under inside?`;
  }

  /** Bytes a minute that left patient-data zones, oldest first; the last value is the minute under way. */
  series(): { fromMs: number; up: number[]; violation: number[] } {
    if (this.minute < 0) return { fromMs: 0, up: [], violation: [] };
    const up: number[] = [];
    const violation: number[] = [];
    const first = this.minute - SERIES_MINUTES + 1;
    for (let minute = first; minute <= this.minute; minute += 1) {
      up.push(this.seriesUp[minute & (SERIES_SLOTS - 1)]);
      violation.push(this.seriesViolation[minute & (SERIES_SLOTS - 1)]);
    }
    return { fromMs: first * 60_000, up, violation };
  }

  /** Bytes since the start, for metrics. */
  forEachJudged(visit: (zone: string, judgement: JudgementWord, up: number, down: number) => void): void {
    for (let zoneId = 0; zoneId < this.zoneNames.length; zoneId += 1) {
      for (let word = 0; word < WORDS; word += 1) {
        const total = (zoneId * WORDS + word) * 2;
        const up = this.judged[total];
        const down = this.judged[total + 1];
        if (up > 0 || down > 0) visit(this.zoneNames[zoneId], JUDGEMENTS[word], up, down);
      }
    }
  }

  /** False when the minute is behind the window. */
  private moveTo(minute: number): boolean {
    if (!Number.isFinite(minute)) return false;
    if (minute <= this.minute - WINDOW_MINUTES) {
      this.lateEvents += 1;
      this.lateInARow += 1;
      if (this.lateInARow < LATE_BEFORE_RESTART) return false;
      this.minute = -1;
      this.newestMicros = undefined;
    }
    this.lateInARow = 0;
    if (minute <= this.minute) return true;
    const passed = this.minute < 0 ? SERIES_SLOTS : Math.min(SERIES_SLOTS, minute - this.minute);
    for (let back = 0; back < passed; back += 1) {
      this.seriesUp[(minute - back) & (SERIES_SLOTS - 1)] = 0;
      this.seriesViolation[(minute - back) & (SERIES_SLOTS - 1)] = 0;
    }
    for (let back = 0; back < Math.min(SLOTS, passed); back += 1) {
      const slot = (minute - back) & (SLOTS - 1);
      this.transit[slot] = 0;
      this.crossing[slot] = 0;
      for (let at = slot; at < this.cellCount * SLOTS; at += SLOTS) {
        this.up[at] = 0;
        this.down[at] = 0;
        this.flows[at] = 0;
      }
    }
    this.minute = minute;
    return true;
  }

  private addZone(zone: Zone): number {
    // Zone objects change with the configuration, names stay.
    if (this.zoneIds.size >= MOST_ZONE_OBJECTS) this.zoneIds.clear();
    let id = this.zoneNames.indexOf(zone.name);
    if (id < 0) id = this.zoneNames.length < MOST_ZONES ? this.zoneNames.push(zone.name) - 1 : OTHER;
    if (id !== OTHER) this.zoneIsPhi[id] = holdsPatientData(zone) ? 1 : 0;
    this.zoneIds.set(zone, id);
    return id;
  }

  private addCountry(country: string): number {
    if (this.countryNames.length >= MOST_COUNTRIES) return OTHER;
    const id = this.countryNames.push(country) - 1;
    this.countryIds.set(country, id);
    return id;
  }

  private addCell(key: number): number {
    if (this.cellCount >= LAST_CELL) {
      // The last cell holds whatever has no other place: zone and country "other", not located, undecided.
      this.cellCount = MOST_CELLS;
      this.cellKeys[LAST_CELL] = LAST_CELL_KEY;
      this.crowdedEvents += 1;
      return LAST_CELL;
    }
    const cell = this.cellCount;
    this.cellCount += 1;
    this.cellKeys[cell] = key;
    this.cellAt[key] = cell;
    return cell;
  }
}

const LAST_CELL = MOST_CELLS - 1;
const LAST_CELL_KEY = (VERDICTS - 1) * WORDS + JUDGEMENTS.indexOf("undecided");

function wordIndex(word: JudgementWord): number {
  switch (word) {
    case "approved":
      return 0;
    case "authorised":
      return 1;
    case "violation":
      return 2;
    case "undecided":
      return 3;
    case "ignored":
      return 4;
  }
}

function verdictIndex(verdict: LocationVerdict | undefined): number {
  switch (verdict) {
    case "inside-list":
      return 0;
    case "outside-list":
      return 1;
    case "indeterminate":
      return 2;
    case "contradicted":
      return 3;
    default:
      return VERDICTS - 1;
  }
}
