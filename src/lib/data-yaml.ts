import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { yaml } from "./yaml.ts";

export const DATA_FILE = "data.json";

/** Where a build leaves them: beside dist/lib. Beside src/lib there is none, and texts are parsed. */
const BUILT = fileURLToPath(new URL(`../geo/${DATA_FILE}`, import.meta.url));

let built: Record<string, unknown> | undefined;

/**
 * The value of a YAML text that ships with bordertap. Parsing them all takes a third of a second, so a build leaves the values
 * behind, by the SHA-256 of the text: a text that was changed since is parsed. Throws what the parser throws.
 */
export function dataOfYaml(text: string): unknown {
  built ??= readBuilt();
  const hash = hashOf(text);
  return Object.hasOwn(built, hash) ? built[hash] : yaml().parse(text, { logLevel: "error" });
}

/** Leaves the values of these texts in `folder`. */
export function buildDataYaml(texts: readonly string[], folder: string): void {
  const values = Object.fromEntries(texts.map((text) => [hashOf(text), yaml().parse(text, { logLevel: "error" })]));
  const path = join(folder, DATA_FILE);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, JSON.stringify(values));
  renameSync(`${path}.part`, path);
}

function readBuilt(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(BUILT, "utf8")) as Record<string, unknown>;
  } catch {
    // Not built, or not readable: it only saves time.
    return {};
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
