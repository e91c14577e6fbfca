import type { Site } from "../model/site.ts";
import type { ConfigProblem } from "./problem.ts";
import type { ParsedConfig } from "./schema.ts";

type Zone = NonNullable<ParsedConfig["zones"]>[number];
type Filled<T, Keys extends keyof T> = Omit<T, Keys> & { [Key in Keys]-?: Exclude<T[Key], undefined> };

/** The configuration in effect: every default filled in, also the computed ones; paths are absolute, entries of CSV files are among the others. */
export type Config = Omit<ParsedConfig, "zones" | "parties" | "partiesFile" | "assetsFile" | "jurisdictions" | "state"> & {
  /** undefined: none written, and one built-in zone covers all inside networks. */
  zones?: Filled<Zone, "title" | "jurisdiction" | "judged">[] | undefined;
  parties: Filled<ParsedConfig["parties"][number], "title">[];
  jurisdictions: Filled<ParsedConfig["jurisdictions"][number], "title">[];
  state: { folder: string };
};

export interface LoadedConfig {
  /** Frozen. */
  readonly config: Config;
  /** Frozen. */
  readonly site: Site;
  /** First 12 hex digits of the SHA-256 over all that can change a judgement or an alert, and the built-in lists. */
  readonly revision: string;
  /** Absolute; undefined for the built-in configuration. */
  readonly path: string | undefined;
  /** What is not wrong and should be looked at: agreements and authorisations that have ended. */
  readonly warnings: readonly ConfigProblem[];
}
