import { z } from "zod";
import { declarations, type OptionAbout } from "./declare.ts";
import type { OptionPath } from "./problem.ts";

/** The schema under defaults and `optional`. */
export function core(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) inner = inner.def.innerType;
    else return inner;
  }
}

/** The schema one step down; undefined when there is none. */
function child(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const inner = core(schema);
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodObject && Object.hasOwn(inner.shape, part)) return inner.shape[part];
  return undefined;
}

export function schemaAt(root: z.core.$ZodType, path: OptionPath): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = root;
  for (const part of path) schema = schema && child(schema, part);
  return schema;
}

/** Names that may stand at a place; empty where there can be none. */
export function keysOf(schema: z.core.$ZodType | undefined): string[] {
  const inner = schema && core(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** One declared option, as the reference page, the reload rules and redaction see it. */
export interface DeclaredOption {
  path: OptionPath;
  /** "zones[].networks", "detections.tap.degraded.dropRatio". */
  name: string;
  schema: z.core.$ZodType;
  about: OptionAbout;
  reload: "hot" | "restart";
  /** It holds further options. */
  isSection: boolean;
  isList: boolean;
}

/** Every declared option below a schema, in the order of declaration, sections before what they hold. */
export function declaredOptions(
  root: z.core.$ZodType,
  path: OptionPath = [],
  name = "",
  reload: "hot" | "restart" = "restart",
): DeclaredOption[] {
  const inner = core(root);
  if (inner instanceof z.ZodArray) return declaredOptions(inner.element, [...path, 0], `${name}[]`, reload);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, schema]) => {
    const about = declarations.get(schema);
    if (!about) throw new Error(`option ${name}.${key} is declared without option()`);
    const here = [...path, key];
    const fullName = name === "" ? key : `${name}.${key}`;
    const ownReload = about.reload ?? reload;
    const inside = declaredOptions(schema, here, fullName, ownReload);
    const isList = core(schema) instanceof z.ZodArray;
    return [{ path: here, name: fullName, schema, about, reload: ownReload, isSection: inside.length > 0, isList }, ...inside];
  });
}
