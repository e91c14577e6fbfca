import { isEqualSliced } from "../lib/equal.ts";
import type { Sliced } from "../lib/slices.ts";
import type { LoadedConfig } from "./config.ts";
import { valueAt } from "./issues.ts";
import { configSchema } from "./schema.ts";
import { type DeclaredOption, declaredOptions } from "./walk.ts";

export interface ReloadDifference {
  /** Names of changed options that a running bordertap takes over; a list counts as one option. */
  hot: string[];
  /** Names of changed options that need a restart. */
  restart: string[];
}

let options: readonly DeclaredOption[] | undefined;

/** What changed between two configurations, and what it takes to put it in effect. */
export function* diffForReload(old: LoadedConfig, next: LoadedConfig): Sliced<ReloadDifference> {
  const difference: ReloadDifference = { hot: [], restart: [] };
  // A list counts as one option, a section as those in it.
  options ??= declaredOptions(configSchema).filter(({ path, isSection, isList }) => !path.includes(0) && (isList || !isSection));
  for (const option of options) {
    const isSame = yield* isEqualSliced(valueAt(old.config, option.path), valueAt(next.config, option.path));
    if (!isSame) difference[option.reload].push(option.name);
  }
  const isSameLists = yield* isEqualSliced(old.site.jurisdictions, next.site.jurisdictions);
  if (!isSameLists && !difference.hot.includes("jurisdictions")) difference.hot.push("jurisdictions (built in)");
  return difference;
}
