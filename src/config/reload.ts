import type { LoadedConfig } from "./config.ts";
import { valueAt } from "./issues.ts";
import { canonical } from "./revision.ts";
import { configSchema } from "./schema.ts";
import { declaredOptions } from "./walk.ts";

export interface ReloadDifference {
  /** Names of changed options that a running bordertap takes over; a list counts as one option. */
  hot: string[];
  /** Names of changed options that need a restart. */
  restart: string[];
}

/** What changed between two configurations, and what it takes to put it in effect. */
export function diffForReload(old: LoadedConfig, next: LoadedConfig): ReloadDifference {
  const difference: ReloadDifference = { hot: [], restart: [] };
  for (const option of declaredOptions(configSchema)) {
    const isWithinList = option.path.includes(0);
    if (isWithinList || (option.isSection && !option.isList)) continue;
    if (!isSame(valueAt(old.config, option.path), valueAt(next.config, option.path))) difference[option.reload].push(option.name);
  }
  const isListFileChanged = !isSame(old.site.jurisdictions, next.site.jurisdictions) && !difference.hot.includes("jurisdictions");
  if (isListFileChanged) difference.hot.push("jurisdictions (built in)");
  return difference;
}

function isSame(a: unknown, b: unknown): boolean {
  return canonical({ value: a }) === canonical({ value: b });
}
