import { z } from "zod";

/** hot: taken over while running. restart: needs a new process. */
export type ReloadClass = "hot" | "restart";

/**
 * Which way an option is to be changed so that less is found. For numbers `higher`, `lower`; for lists `more` (exceptions),
 * `fewer` (what is looked for), `more-or-none` (what is approved; none: it is not looked at); `any`: nobody can say.
 */
export type Looser = "higher" | "lower" | "more" | "fewer" | "more-or-none" | "any";

/** What is said of an option beside its type and default: the reference page, the sample and the reload rules come from it. */
export interface OptionAbout {
  /** Meaning, in one or a few sentences. */
  doc: string;
  /** When left out, that of the option around it. */
  reload?: ReloadClass;
  unit?: string;
  example?: unknown;
  /** Never shown: not in the effective configuration, not in errors. */
  isSecret?: boolean;
  /** Of a detection's settings: a change this way needs a second pair of eyes. */
  looser?: Looser;
  /** Says the default where it is computed. */
  defaultText?: string;
}

export const declarations = z.registry<OptionAbout>();

/** What a kind of text is called in the reference ("network"), by its schema. */
export const kinds = z.registry<{ kind: string }>();

/** Declares one option. The schema must be a fresh one: what is said belongs to this very object. */
export function option<S extends z.ZodType>(schema: S, about: OptionAbout): S {
  declarations.add(schema, about);
  return schema;
}

/** A section whose options all have defaults may be left out as a whole. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, about: OptionAbout) {
  // The empty object is parsed too, so each inner default is filled in.
  return option(z.strictObject(shape).prefault({} as never), about);
}
