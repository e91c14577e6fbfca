import type { Plain } from "./query-options.ts";

export const FORMATS = ["table", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** Rows of a table that are held to measure widths; the rest keeps the widths of these. */
const MEASURED_ROWS = 1000;
const WIDEST = 60;

/** Turns rows into text, bit by bit. */
export interface Formatter {
  add(columns: readonly string[], rows: readonly Plain[][]): void;
  end(columns: readonly string[]): void;
}

export function createFormatter(format: Format, write: (text: string) => void): Formatter {
  return format === "csv" ? csv(write) : format === "json" ? jsonLines(write) : table(write);
}

/** RFC 4180: CRLF, a header line, quotes doubled. Lists and objects are JSON; what a spreadsheet would run gets an apostrophe. */
function csv(write: (text: string) => void): Formatter {
  let hasHeader = false;
  const line = (values: readonly Plain[]) => `${values.map(csvField).join(",")}\r\n`;
  const header = (columns: readonly string[]) => {
    if (!hasHeader) write(line(columns));
    hasHeader = true;
  };
  return {
    add(columns, rows) {
      header(columns);
      write(rows.map(line).join(""));
    },
    end: header,
  };
}

/** Spreadsheets take a text that begins like this for a formula, and names come from the wire (CWE-1236). */
const FORMULA = /^[=+\-@\t\r]/;
/** A 64-bit count is text here, as it does not fit a number. */
const WHOLE_NUMBER = /^-?\d+$/;

function csvField(value: Plain): string {
  const plain = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const isFormula = typeof value === "string" && FORMULA.test(value) && !WHOLE_NUMBER.test(value);
  const text = isFormula ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON object a line; what is unknown is left out. */
function jsonLines(write: (text: string) => void): Formatter {
  return {
    add(columns, rows) {
      let text = "";
      for (const row of rows) {
        text += `${JSON.stringify(Object.fromEntries(columns.map((name, n) => [name, row[n]]).filter(([, value]) => value !== null)))}\n`;
      }
      write(text);
    },
    end() {},
  };
}

/** Aligned columns for people: bytes in decimal units, times without their microseconds. */
function table(write: (text: string) => void): Formatter {
  let held: string[][] = [];
  let isRight: boolean[] = [];
  let widths: number[] | undefined;
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, n) => (isRight[n] ? cell.padStart(widths![n]) : cell.padEnd(widths![n])))
      .join("  ")
      .trimEnd()}\n`;
  const release = (columns: readonly string[]) => {
    if (!widths) {
      widths = columns.map((name, n) => held.reduce((most, row) => Math.max(most, row[n].length), name.length));
      write(line(columns));
      write(line(widths.map((width) => "-".repeat(width))));
    }
    write(held.map(line).join(""));
    held = [];
  };
  return {
    add(columns, rows) {
      for (const row of rows) {
        for (const [n, value] of row.entries()) if (isRight[n] !== false && value !== null) isRight[n] = typeof value === "number";
        held.push(row.map((value, n) => cell(columns[n], value)));
      }
      if (widths || held.length >= MEASURED_ROWS) release(columns);
    },
    end(columns) {
      isRight = columns.map((_, n) => isRight[n] === true);
      release(columns);
    },
  };
}

function cell(column: string, value: Plain): string {
  if (value === null) return "";
  if (typeof value === "number") return /(^|_)bytes($|_)/.test(column) ? bytesText(value) : String(value);
  const text =
    Array.isArray(value) && value.every((item) => typeof item === "string")
      ? value.join(",")
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  // What an SQL expression can make (chr(27)) must not reach a terminal as it is.
  const safe = text.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z$/, "$1Z").replace(/[\p{Cc}\p{Cf}]/gu, "·");
  return safe.length > WIDEST ? `${safe.slice(0, WIDEST - 1)}…` : safe;
}

/** Decimal units: 1 kB = 1000 B. */
export function bytesText(bytes: number): string {
  if (Math.abs(bytes) < 1000) return `${bytes} B`;
  const step = Math.min(Math.floor(Math.log10(Math.abs(bytes)) / 3), 5);
  return `${(bytes / 1000 ** step).toFixed(1)} ${["B", "kB", "MB", "GB", "TB", "PB"][step]}`;
}
