import { createHash } from "node:crypto";
import type { JurisdictionList } from "../model/site.ts";
import type { Config } from "./config.ts";

/** Sections that only say where bordertap reads, writes and listens, and how policy may change: they change no judgement. */
const WITHOUT_JUDGEMENT = new Set(["capture", "outputs", "blocklist", "history", "console", "state", "policy"]);

/** The same for configurations that mean the same, whatever their layout, comments and order of keys. */
export function revisionOf(config: Config, lists: readonly JurisdictionList[]): string {
  const deciding = Object.fromEntries(Object.entries(config).filter(([section]) => !WITHOUT_JUDGEMENT.has(section)));
  return createHash("sha256")
    .update(canonical({ config: deciding, lists }))
    .digest("hex")
    .slice(0, 12);
}

/** JSON with sorted keys and without what is undefined: equal values have equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
