import { stringify } from "yaml";
import { z } from "zod";
import type { LoadedConfig } from "./config.ts";
import { declarations } from "./declare.ts";
import { WHOLE_ZONE } from "./draft.ts";
import { configSchema } from "./schema.ts";
import { core } from "./walk.ts";

const HIDDEN = "(hidden)";

/** What is in effect, as YAML with every default filled in and secrets hidden. Without secrets it loads again, to the same. */
export function effectiveConfig(loaded: LoadedConfig): string {
  const { config } = loaded;
  const head = [`# ${loaded.path ?? "built-in configuration"}, revision ${loaded.revision}`];
  if (config.zones === undefined)
    head.push(`# zones: none written; one built-in zone "${WHOLE_ZONE}" (patient-record) covers all inside networks`);
  // compat: `NO` is quoted, so that tools which still read YAML 1.1 see Norway too.
  const body = stringify(hideSecrets(config, configSchema), { compat: "yaml-1.1", lineWidth: 120, aliasDuplicateObjects: false });
  return `${head.join("\n")}\n${body}`;
}

/** The value without what its schema declares secret; undeclared options are left out. */
export function hideSecrets(value: unknown, schema: z.core.$ZodType): unknown {
  if (declarations.get(schema)?.isSecret) return value === undefined ? undefined : HIDDEN;
  const inner = core(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => hideSecrets(item, inner.element));
  if (inner instanceof z.ZodObject && typeof value === "object" && value !== null) {
    const shape: Record<string, z.core.$ZodType> = inner.shape;
    return Object.fromEntries(Object.entries(shape).map(([key, one]) => [key, hideSecrets((value as Record<string, unknown>)[key], one)]));
  }
  return value;
}
