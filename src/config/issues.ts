import type { z } from "zod";
import { declarations } from "./declare.ts";
import { didYouMean } from "./nearest.ts";
import type { Finding, OptionPath, Wrong } from "./problem.ts";
import { configSchema } from "./schema.ts";
import { core, keysOf, schemaAt } from "./walk.ts";

const TYPE_WORDS: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping (key: value)",
};

/** Says the schema's findings in words an operator can act on. `raw` is the value that was read. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], raw: unknown): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path as OptionPath;
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
    return [{ path, ...wrongOf(issue, valueAt(raw, path), path) }];
  });
}

function unknownKey(path: OptionPath, key: string): Finding {
  const suggestion = didYouMean(key, keysOf(schemaAt(configSchema, path)));
  return { path: [...path, key], isAboutKey: true, message: "is not an option", suggestion };
}

function wrongOf(issue: z.core.$ZodIssue, value: unknown, path: OptionPath): Wrong {
  const schema = schemaAt(configSchema, path);
  const shown = isSecret(path) ? "a hidden value" : describe(value);
  switch (issue.code) {
    case "custom":
      return { message: issue.message, suggestion: issue.params?.suggestion };
    case "invalid_type": {
      if (value === undefined) return { message: "is missing" };
      if (value === null) return { message: "is empty: give a value or remove the line" };
      const isWhole = issue.expected === "int" || (typeof value === "number" && issue.expected === "number");
      const expected = isWhole ? "a whole number" : (TYPE_WORDS[issue.expected] ?? issue.expected);
      return { message: `must be ${expected}, not ${shown}`, suggestion: retyped(issue.expected, value) };
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      const suggestion = typeof value === "string" ? didYouMean(value, values) : undefined;
      if (value === undefined) return { message: "is missing" };
      return { message: `must be one of ${values.join(", ")}, not ${shown}`, suggestion };
    }
    case "too_small":
      if (issue.origin === "array") return { message: `needs at least ${issue.minimum} entry` };
      return { message: `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(path)}, not ${shown}` };
    case "too_big":
      if (issue.origin === "array") return { message: `has more than ${issue.maximum} entries` };
      return { message: `must be at most ${issue.maximum}${unitOf(path)}, not ${shown}` };
    default:
      return { message: schema ? issue.message : "is not an option" };
  }
}

/** The value at a path; undefined where there is none. */
export function valueAt(raw: unknown, path: OptionPath): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A value in an error: short, one line, never a whole structure. */
function describe(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  return String(value).slice(0, 60);
}

function retyped(expected: string, value: unknown): string | undefined {
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) return `put it in quotes: "${value}"`;
  if (expected === "array" && ["string", "number"].includes(typeof value)) return `write [${String(value).slice(0, 60)}]`;
  if (typeof value !== "string") return undefined;
  const number = Number(value.replace(/^AS(?=\d)/i, "").replaceAll("_", ""));
  if (expected === "number" || expected === "int") return value.trim() !== "" && Number.isFinite(number) ? `write ${number}` : undefined;
  if (expected !== "boolean") return undefined;
  if (/^(yes|on)$/i.test(value)) return "write true";
  return /^(no|off)$/i.test(value) ? "write false" : undefined;
}

function unitOf(path: OptionPath): string {
  const schema = schemaAt(configSchema, path);
  const unit = schema && declarations.get(schema)?.unit;
  return unit && /^[A-Za-z ]+$/.test(unit) ? ` ${unit}` : "";
}

function isSecret(path: OptionPath): boolean {
  return path.some((_, depth) => {
    const schema = schemaAt(configSchema, path.slice(0, depth + 1));
    return schema !== undefined && (declarations.get(schema)?.isSecret ?? declarations.get(core(schema))?.isSecret) === true;
  });
}
