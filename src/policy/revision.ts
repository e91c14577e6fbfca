import { createHash } from "node:crypto";

/**
 * Revision of a policy: of the configuration that it is of, and of all the data that it judges by (source → digest or build).
 * The same configuration over other databases is another policy: it may judge the same flow otherwise. Twelve hex digits.
 */
export function policyRevision(configRevision: string, data: Readonly<Record<string, string>>): string {
  const names = Object.keys(data).sort();
  if (names.length === 0) return configRevision;
  const hash = createHash("sha256").update(configRevision);
  for (const name of names) hash.update(`\n${name}\t${data[name]}`);
  return hash.digest("hex").slice(0, 12);
}
