import { FLOW_COLUMNS, type FlowColumn, isNumberColumn, type NumberColumn } from "./columns.ts";
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

const RESTORING: readonly FlowColumn[] = FLOW_COLUMNS.filter((column) => column.restore);
const scratch = new LooseRecord();

/** True when the columns alone give the row's record back, bit for bit. */
export function isExact(row: RowCursor): boolean {
  scratch.reset();
  for (const column of RESTORING) {
    if (isNumberColumn(column)) {
      const value = stored(column, column.read(row));
      if (!Number.isNaN(value)) column.restore!(scratch, value);
      continue;
    }
    if (column.covers) {
      if (!column.isExact!(row)) return false;
      const [first, count] = column.covers;
      for (let n = first; n < first + count; n += 1) scratch.ints[n] = row.ints[row.i + n];
      continue;
    }
    const value = column.read(row);
    if (value !== "") column.restore!(scratch, value);
  }
  return scratch.isSameAs(row);
}

/** The row's record as hexadecimal text. */
export function recordHex(row: RowCursor): string {
  return Buffer.from(row.ints.buffer, row.ints.byteOffset + row.i * 4, RECORD_WORDS * 4).toString("hex");
}
