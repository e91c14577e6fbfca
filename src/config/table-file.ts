import { type CsvCell, readCsv } from "./csv.ts";
import { didYouMean } from "./nearest.ts";
import type { OptionPath } from "./problem.ts";

/** Sections whose entries may also stand in a CSV file, and the option that names it. */
export const TABLES = { parties: "partiesFile", assets: "assetsFile" } as const;
export type TableSection = keyof typeof TABLES;

/** How the text of a cell becomes the value of an option. */
type Kind = "text" | "list" | "numbers" | "yes-no" | "documents";

const COLUMNS: Readonly<Record<TableSection, Readonly<Record<string, Kind>>>> = {
  parties: {
    name: "text",
    title: "text",
    role: "text",
    worksFor: "text",
    services: "list",
    data: "list",
    purposes: "list",
    domains: "list",
    networks: "list",
    asns: "numbers",
    certificateSubjects: "list",
    aeTitles: "list",
    countries: "list",
    regions: "list",
    cdnAllowed: "yes-no",
    agreementEnds: "text",
    documents: "documents",
    contacts: "list",
  },
  assets: { address: "text", mac: "text", name: "text", owner: "text", department: "text" },
};

export interface TablePlace {
  line: number;
  column: number;
  /** "row 2, networks": rows are counted without the header. */
  where: string;
}

/** Entries of a CSV file as the configuration's text would have them, still to be checked. */
export interface Table {
  entries: Record<string, unknown>[];
  /** What keeps the file from being read as a table. */
  problems: (TablePlace & { message: string; suggestion?: string | undefined })[];
  /** Where the value at a path within entry `index` stands. */
  placeOf(index: number, path: OptionPath): TablePlace;
}

/**
 * The first row names the columns: those of the section's options, in any order and case. Several values of one cell are set
 * apart by ";" or "|"; documents are "kind day reference" (`scc 2027-12-31 DPO/17; dpf 2027-06-30`). An empty cell is an option left out.
 */
export function readTable(section: TableSection, text: string): Table {
  const { records, fault } = readCsv(text);
  const problems: Table["problems"] = [];
  if (fault) problems.push({ ...fault, where: "" });
  const [header, ...rows] = records;
  const kinds = COLUMNS[section];
  const names = (header ?? []).map((cell) => columnName(cell, kinds, problems));
  if (header === undefined && !fault)
    problems.push({
      line: 1,
      column: 1,
      where: "",
      message: `is empty: the first row names the columns (${Object.keys(kinds).join(", ")})`,
    });
  for (const [n, name] of names.entries()) {
    if (name !== undefined && names.indexOf(name) < n)
      problems.push({ ...at(header[n], "header"), message: `column ${name} is there twice` });
  }
  const entries = rows.map((row, n) => {
    if (row.length > names.length)
      problems.push({ ...at(row[names.length], `row ${n + 1}`), message: `has ${row.length} cells, and the header names ${names.length}` });
    return entryOf(row, names, kinds);
  });
  return {
    entries,
    problems,
    placeOf(index, path) {
      const row = rows[index];
      const column = names.indexOf(String(path[0] ?? ""));
      const label = path.length === 0 ? `row ${index + 1}` : `row ${index + 1}, ${path[0]}`;
      return at(row[column] ?? row[0], label);
    },
  };
}

function columnName(cell: CsvCell, kinds: Readonly<Record<string, Kind>>, problems: Table["problems"]): string | undefined {
  const text = cell.text.trim();
  const known = Object.keys(kinds);
  const name = known.find((one) => one.toLowerCase() === text.toLowerCase());
  if (name === undefined)
    problems.push({
      ...at(cell, "header"),
      message: `${JSON.stringify(text.slice(0, 80))} is no column (${known.join(", ")})`,
      suggestion: didYouMean(text, known),
    });
  return name;
}

function entryOf(row: readonly CsvCell[], names: readonly (string | undefined)[], kinds: Readonly<Record<string, Kind>>) {
  const entry: Record<string, unknown> = {};
  for (const [n, name] of names.entries()) {
    const text = row[n]?.text.trim() ?? "";
    if (name !== undefined && text !== "") entry[name] = cellValue(text, kinds[name]);
  }
  return entry;
}

function cellValue(text: string, kind: Kind): unknown {
  if (kind === "text") return text;
  if (kind === "yes-no") return /^(yes|true|1|x)$/i.test(text) ? true : /^(no|false|0)$/i.test(text) ? false : text;
  const parts = text
    .split(/[;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (kind === "list") return parts;
  if (kind === "numbers") return parts.map((part) => (/^(AS)?\d+$/i.test(part) ? Number(part.replace(/^AS/i, "")) : part));
  return parts.map((part) => {
    const [, word, day, reference] = /^(\S+)(?:\s+(\d{4}-\d\d-\d\d))?(?:\s+(.+))?$/.exec(part) ?? [];
    return { kind: word.toLowerCase(), ...(day === undefined ? {} : { ends: day }), ...(reference === undefined ? {} : { reference }) };
  });
}

function at({ line, column }: CsvCell, where: string): TablePlace {
  return { line, column, where };
}
