import { z } from "zod";
import { declarations, kinds } from "./declare.ts";
import { configSample } from "./sample.ts";
import { configSchema } from "./schema.ts";
import { core, type DeclaredOption, declaredOptions } from "./walk.ts";

/** The reference page of the configuration, in Markdown, from the declarations. */
export function configReference(): string {
  const all = declaredOptions(configSchema);
  const tops = all.filter((option) => option.path.length === 1);
  const parts = tops.map((top) => {
    const inside = all.filter((option) => option.path.length > 1 && option.path[0] === top.path[0]);
    const rows = inside.length > 0 && !top.isSection ? [top] : inside.length > 0 ? inside : [top];
    const kind = top.isList && inside.length > 0 ? ` A list; default: ${defaultText(top)}.` : "";
    return [`## ${top.name}`, `${top.about.doc}${kind}`, table(rows)].join("\n\n");
  });
  return `${[INTRODUCTION, ...parts, "## A sample", `\`\`\`yaml\n${configSample().trimEnd()}\n\`\`\``].join("\n\n")}\n`;
}

/** JSON Schema (draft 2020-12) of the file, for editors. Checks across options are beyond it. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const about = declarations.get(zodSchema);
      if (!about) return;
      jsonSchema.description = about.unit === undefined ? about.doc : `${about.doc} Unit: ${about.unit}.`;
      if (about.example !== undefined) jsonSchema.examples = [about.example as never];
      if (about.isSecret) jsonSchema.writeOnly = true;
    },
  });
  return { ...schema, title: "bordertap configuration" };
}

const INTRODUCTION = `# Configuration

bordertap reads one YAML 1.2 file. Without one it takes private address space for the inside and holds that all of it has patient
records. \`bordertap check FILE\` reports everything that is wrong with a file, each with its line; \`bordertap config --effective\` prints what is in effect,
with every default; \`bordertap config --schema\` prints a JSON Schema for editors, \`bordertap config --sample\` the sample below.

Units are in the names: kB, MB and GB are decimal. Days are UTC and inclusive. Countries are ISO 3166-1 alpha-2 codes (\`GB\`, not \`UK\`; \`NO\` is
Norway). Relative paths are relative to the folder of the file. *hot* options are taken over by a reload (SIGHUP); *restart* options by the next start.`;

function table(options: readonly DeclaredOption[]): string {
  const rows = options.map((option) => {
    const { doc, unit, example } = option.about;
    const meaning = example === undefined ? doc : `${doc} Example: \`${JSON.stringify(example)}\`.`;
    return [`\`${option.name}\``, typeText(option.schema), defaultText(option), unit ?? "", option.reload, meaning];
  });
  return [["option", "type", "default", "unit", "change", "meaning"], ["---", "---", "---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function typeText(schema: z.core.$ZodType): string {
  const inner = core(schema);
  const kind = kinds.get(inner)?.kind;
  if (kind !== undefined) return kind;
  if (inner instanceof z.ZodArray) return `list of ${typeText(inner.element).replace(/^one of /, "")}`;
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.map((value) => `\`${value}\``).join(", ")}`;
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodNumber) return bounds(inner);
  return inner instanceof z.ZodObject ? "mapping" : "text";
}

function bounds(schema: z.ZodNumber): string {
  const { minValue: min, maxValue: max } = schema;
  const noun = schema.format === "safeint" ? "whole number" : "number";
  return max === null || max >= Number.MAX_SAFE_INTEGER ? `${noun}, ${min} or more` : `${noun}, ${min} to ${max}`;
}

/** Markdown of the default: a value, words where it is computed, "required", or nothing. */
function defaultText({ schema, about }: DeclaredOption): string {
  if (about.defaultText !== undefined) return about.defaultText;
  if (schema instanceof z.ZodDefault) return `\`${JSON.stringify(schema.def.defaultValue)}\``;
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? "none" : "**required**";
}
