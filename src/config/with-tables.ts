import { dirname, resolve } from "node:path";
import { AppError } from "../lib/errors.ts";
import type { OptionPath } from "./problem.ts";
import { readTable, TABLES, type Table, type TablePlace, type TableSection } from "./table-file.ts";

const SECTIONS = Object.keys(TABLES) as TableSection[];

/** A configuration's plain value with the entries of its CSV files behind its own. */
export interface Combined {
  value: unknown;
  /** What cannot be read at all, by the option that names the file; and what is wrong with the table itself. */
  problems: { path: OptionPath; message: string; place?: TablePlace & { file: string } }[];
  /** Where an entry of a CSV file stands; undefined for what stands in the configuration itself. */
  placeOf(path: OptionPath): (TablePlace & { file: string }) | undefined;
}

/**
 * `path`: of the configuration, relative file names are relative to its folder. `readText` throws an AppError when there is no
 * such text. `more`: files beside those that the configuration names.
 */
export function withTables(
  value: unknown,
  path: string | undefined,
  readText: (path: string) => string,
  more: Partial<Record<TableSection, string>> = {},
): Combined {
  const problems: Combined["problems"] = [];
  const tables = new Map<TableSection, { first: number; tables: { file: string; table: Table }[] }>();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { value, problems, placeOf: () => undefined };
  const combined: Record<string, unknown> = { ...value };
  for (const section of SECTIONS) {
    const option = TABLES[section];
    const own = combined[section] ?? [];
    const given = combined[option];
    const files = [
      ...(typeof given === "string" && given !== "" ? [given] : []),
      ...(more[section] === undefined ? [] : [resolve(more[section])]),
    ];
    // A section that is no list is reported by the schema.
    if (files.length === 0 || !Array.isArray(own)) continue;
    const read = files.flatMap((name) => {
      const file = resolve(path === undefined ? "." : dirname(path), name);
      try {
        const table = readTable(section, readText(file));
        for (const { message, suggestion, ...place } of table.problems)
          problems.push({
            path: [option],
            message: suggestion === undefined ? message : `${message} (${suggestion})`,
            place: { ...place, file },
          });
        return [{ file, table }];
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problems.push({ path: [option], message: error.message });
        return [];
      }
    });
    tables.set(section, { first: own.length, tables: read });
    combined[section] = [...own, ...read.flatMap(({ table }) => table.entries)];
  }
  return { value: combined, problems, placeOf: (where) => placeOf(tables, where) };
}

function placeOf(
  sections: ReadonlyMap<TableSection, { first: number; tables: readonly { file: string; table: Table }[] }>,
  [section, index, ...rest]: OptionPath,
): (TablePlace & { file: string }) | undefined {
  const held = sections.get(section as TableSection);
  if (!held || typeof index !== "number" || index < held.first) return undefined;
  let n = index - held.first;
  for (const { file, table } of held.tables) {
    if (n < table.entries.length) return { ...table.placeOf(n, rest), file };
    n -= table.entries.length;
  }
  return undefined;
}
