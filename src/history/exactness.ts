import type { NumberColumn, TextColumn } from "./columns.ts";
import { LooseRecord, type RowCursor } from "./flow-record.ts";
import { LAST_MICROS } from "./hours.ts";
import { RECORD_WORDS } from "./row.ts";

const RANGES: Record<NumberColumn["type"], readonly [least: number, most: number] | undefined> = {
  UTINYINT: [0, 0xff],
  USMALLINT: [0, 0xffff],
  INTEGER: [-0x80000000, 0x7fffffff],
  UINTEGER: [0, 0xffffffff],
  UBIGINT: [0, Number.MAX_SAFE_INTEGER],
  DOUBLE: undefined,
  BOOLEAN: [0, 1],
  TIMESTAMP: [0, LAST_MICROS],
};

/** What a column holds of a number: the number itself, or NaN (nothing) when its type has no room for it. */
export function stored(column: NumberColumn, value: number): number {
  if (column.words) return column.words[value] === undefined ? Number.NaN : value;
  const range = RANGES[column.type];
  if (!range) return value;
  return Number.isInteger(value) && value >= range[0] && value <= range[1] ? value : Number.NaN;
}

/** Finds out, column by column, whether the columns alone give a row's record back, bit for bit. One object serves all rows. */
export class RecordCheck {
  private readonly scratch = new LooseRecord();
  private isLost = false;

  begin(): void {
    this.scratch.reset();
    this.isLost = false;
  }

  /** `value` as stored. */
  tellNumber(column: NumberColumn, value: number): void {
    if (column.restore && !Number.isNaN(value)) column.restore(this.scratch, value);
  }

  tellText(column: TextColumn, value: string, row: RowCursor): void {
    if (column.covers) {
      if (!column.isExact!(row)) this.isLost = true;
      const [first, count] = column.covers;
      for (let n = first; n < first + count; n += 1) this.scratch.ints[n] = row.ints[row.i + n];
    } else if (column.restore && value !== "") column.restore(this.scratch, value);
  }

  isExact(row: RowCursor): boolean {
    return !this.isLost && this.scratch.isSameAs(row);
  }
}

/** The row's record as hexadecimal text. */
export function recordHex(row: RowCursor): string {
  return Buffer.from(row.ints.buffer, row.ints.byteOffset + row.i * 4, RECORD_WORDS * 4).toString("hex");
}
