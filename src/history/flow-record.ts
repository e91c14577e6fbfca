import { D, I } from "../model/flow.ts";
import { type HistoryBatch, RECORD_WORDS, ROW_DOUBLES, ROW_WORDS } from "./row.ts";

/** One flow record on its own, to be filled column by column and compared bit by bit. */
export class LooseRecord {
  readonly ints = new Int32Array(RECORD_WORDS);
  readonly doubles = new Float64Array(this.ints.buffer);

  /** What columns leave unsaid: zero, and a round-trip time that was not measured. */
  reset(): void {
    this.ints.fill(0);
    this.doubles[D.rttMicros] = Number.NaN;
  }

  isSameAs(row: RowCursor): boolean {
    for (let n = 0; n < RECORD_WORDS; n += 1) if (this.ints[n] !== row.ints[row.i + n]) return false;
    return true;
  }
}

/** A place in a batch, as columns read it. One object serves all rows. */
export class RowCursor {
  ints = new Int32Array(0);
  doubles = new Float64Array(0);
  batch: HistoryBatch;
  run: string;
  /** First word and first double of the row. */
  i = 0;
  d = 0;
  index = 0;

  constructor(batch: HistoryBatch, run: string) {
    this.batch = batch;
    this.run = run;
    // A message may hand the bytes over at any offset: the typed arrays need a buffer of their own.
    const { bytes } = batch;
    const buffer = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    this.ints = new Int32Array(buffer.buffer, buffer.byteOffset, batch.count * ROW_WORDS);
    this.doubles = new Float64Array(buffer.buffer, buffer.byteOffset, batch.count * ROW_DOUBLES);
  }

  at(index: number): this {
    this.index = index;
    this.i = index * ROW_WORDS;
    this.d = index * ROW_DOUBLES;
    return this;
  }

  int(n: number): number {
    return this.ints[this.i + n];
  }
  double(n: number): number {
    return this.doubles[this.d + n];
  }
  get eventMicros(): number {
    return this.double(D.eventMicros);
  }
  get vlanCount(): number {
    return this.int(I.vlanCount);
  }
}
