import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { JurisdictionList } from "../model/site.ts";
import { duplicates } from "./check/duplicates.ts";
import { places } from "./check/places.ts";
import { policy } from "./check/policy.ts";
import { references } from "./check/references.ts";
import { warnings } from "./check/warnings.ts";
import type { LoadedConfig } from "./config.ts";
import { type ConfigDocument, readDocument } from "./document.ts";
import { draftOf } from "./draft.ts";
import { fill, type Surroundings } from "./fill.ts";
import { findingsOf } from "./issues.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "./lists.ts";
import { ConfigError, type ConfigProblem, type Finding, formatPath } from "./problem.ts";
import { revisionOf } from "./revision.ts";
import { configSchema } from "./schema.ts";
import { siteOf } from "./site.ts";
import type { TablePlace, TableSection } from "./table-file.ts";
import { type Combined, withTables } from "./with-tables.ts";

const LARGEST_FILE_BYTES = 64 * 2 ** 20;

export interface LoadOptions {
  /** The built-in jurisdiction lists; by default those of geo-db/. */
  jurisdictionsPath?: string;
  /** Wall time, for the warnings about what has ended. */
  nowMs?: () => number;
  isRoot?: boolean;
  /** CSV files beside those that the configuration names. */
  tables?: Partial<Record<TableSection, string>>;
  /** Reads a CSV file; throws an AppError when it cannot. */
  readText?: (path: string) => string;
}

/**
 * Reads and checks a configuration. Without a path: the built-in one, which takes private address space for the inside
 * and holds that all of it has patient records.
 *
 * Throws ConfigError (`config_invalid`) with all that is wrong, and AppError `config_unreadable`, `geo_missing`, `geo_corrupt`.
 */
export function loadConfig(path: string | undefined, env: Surroundings["env"] = process.env, options: LoadOptions = {}): LoadedConfig {
  const lists = readBuiltInLists(options.jurisdictionsPath ?? BUILT_IN_LISTS);
  const text = path === undefined ? "" : readTextFile(path, "the configuration");
  return parseConfig(text, path, lists, env, options);
}

/** The same for a text in hand; `path` names it in errors and is the base of relative paths. */
export function parseConfig(
  text: string,
  path: string | undefined,
  lists: readonly JurisdictionList[],
  env: Surroundings["env"],
  options: LoadOptions = {},
): LoadedConfig {
  const document = readDocument(text);
  const combined = withTables(document.value ?? {}, path, options.readText ?? ((file) => readTextFile(file, "the table")), options.tables);
  const place = placer(document, path, combined.placeOf);
  const raw = combined.value;
  // Compiling the schema would cost more than the one use of it.
  const result = configSchema.safeParse(raw, { jitless: true });
  const draft = draftOf(raw, result.data, lists);
  const shape = result.success ? [] : findingsOf(result.error.issues, raw);
  const isText = document.value !== undefined;
  const whole = isText ? [duplicates, references, places, policy].flatMap((check) => check(draft)) : [];
  const problems = [
    ...document.syntax.map(({ offset, finding }) => place(finding, offset)),
    ...combined.problems.map(({ place: where, ...finding }) => (where ? inTable(finding, where) : place(finding))),
    ...(isText ? [...shape, ...whole].map((finding) => place(finding)) : []),
  ].sort(inFileOrder);
  if (problems.length > 0) throw new ConfigError(problems);
  if (!result.success) throw new Error("a configuration without problems does not parse");

  const absolutePath = path === undefined ? undefined : resolve(path);
  const config = fill(result.data, {
    env,
    baseFolder: absolutePath === undefined ? process.cwd() : dirname(absolutePath),
    isRoot: options.isRoot ?? process.getuid?.() === 0,
  });
  const today = new Date((options.nowMs ?? Date.now)()).toISOString().slice(0, 10);
  return freeze({
    config,
    site: siteOf(config, lists),
    revision: revisionOf(config, lists),
    path: absolutePath,
    warnings: warnings(draft, today)
      .map((finding) => place(finding))
      .sort(inFileOrder),
  });
}

function readTextFile(path: string, what: string): string {
  const refuse = (why: string, cause?: unknown) =>
    new AppError("config_unreadable", `cannot read ${what} ${path}: ${why}`, { exitCode: 2, cause });
  let bytes: Buffer;
  try {
    const about = statSync(path);
    if (!about.isFile()) throw refuse(about.isDirectory() ? "it is a folder; name the file" : "it is no regular file");
    if (about.size > LARGEST_FILE_BYTES) throw refuse(`it is larger than ${LARGEST_FILE_BYTES / 2 ** 20} MiB`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw refuse("there is no such file", error);
    throw refuse(code === "EACCES" ? "permission denied; let the user that runs bordertap read it" : reasonOf(error), error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw refuse("it is not UTF-8 text", error);
  }
}

/** Gives findings their place in the file, or in the CSV file that the entry is from. */
function placer(
  document: ConfigDocument,
  path: string | undefined,
  tablePlace: Combined["placeOf"],
): (finding: Finding, offset?: number) => ConfigProblem {
  const file = path === undefined ? "built-in configuration" : shown(path);
  return (finding, offset) => {
    const where = offset === undefined ? tablePlace(finding.path) : undefined;
    return where ? inTable(finding, where) : inDocument(finding, offset ?? document.offsetOf(finding.path, finding.isAboutKey === true));
  };

  function inDocument(finding: Finding, offset: number): ConfigProblem {
    const { line, column } = document.position(offset);
    const name = formatPath(finding.path);
    const suggestion = finding.suggestion === undefined ? "" : ` (${finding.suggestion})`;
    const where = path === undefined ? file : `${file}:${line}:${column}`;
    // A finding about the file as a whole has no option's name before its text.
    const text = `${where}${name === "" ? "" : ` ${name}`}: ${finding.message}${suggestion}`;
    return { file, line, column, path: name, message: finding.message, suggestion: finding.suggestion, text };
  }
}

function inTable({ message, suggestion, path }: Finding, where: TablePlace & { file: string }): ConfigProblem {
  const { line, column } = where;
  const file = shown(where.file);
  const text = `${file}:${line}:${column}${where.where === "" ? "" : ` ${where.where}`}: ${message}${suggestion === undefined ? "" : ` (${suggestion})`}`;
  return { file, line, column, path: formatPath(path), message, suggestion, text };
}

function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near !== "" && near.length < path.length && !near.startsWith("..") ? near : path;
}

function inFileOrder(a: ConfigProblem, b: ConfigProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null && !Object.isFrozen(part)) freeze(part);
  return Object.freeze(value);
}
