import { readFileSync } from "node:fs";
import type { LoadedConfig } from "../../../src/config/config.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";

const lists = readBuiltInLists(BUILT_IN_LISTS);

/** Loads a text as the file c.yaml, on 21 November 2026, for an ordinary user. */
export function loadText(text: string, env: Record<string, string> = { HOME: "/home/u" }): LoadedConfig {
  return parseConfig(text, "c.yaml", lists, env, { nowMs: () => Date.UTC(2026, 10, 21), isRoot: false });
}

/** What is said of a wrong configuration, a line each; empty when it is right. */
export function problemsOf(text: string): string[] {
  try {
    loadText(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
}

export function readText(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
}
