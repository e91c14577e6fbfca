import { readFileSync } from "node:fs";
import { z } from "zod";
import { reasonOf } from "../lib/errors.ts";
import { yaml } from "../lib/yaml.ts";
import type { LoadedConfig } from "./config.ts";

/** A second person's word for one revision of the configuration. */
export interface Approval {
  author: string;
  approvedBy: string;
}

const approvalSchema = z.object({
  revision: z.string(),
  author: z.string().trim().min(1).max(200),
  approvedBy: z.string().trim().min(1).max(200),
});

/** Where the approval of a configuration is looked for; undefined for one that is not in a file. */
export function approvalPath({ config, path }: LoadedConfig): string | undefined {
  return config.policy.approvalFile ?? (path === undefined ? undefined : `${path}.approval`);
}

/** The approval of exactly this revision by somebody other than its author, or why there is none. */
export function approvalOf(loaded: LoadedConfig, readText = (path: string) => readFileSync(path, "utf8")): Approval | { refused: string } {
  const path = approvalPath(loaded);
  if (path === undefined) return { refused: "a configuration that is not in a file cannot be approved" };
  let value: unknown;
  try {
    // Every value is text: a revision may look like a number.
    value = yaml().parse(readText(path), { logLevel: "silent", schema: "failsafe" });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { refused: isMissing ? `there is no ${path}` : `${path}: ${reasonOf(error).split("\n")[0]}` };
  }
  const result = approvalSchema.safeParse(value, { jitless: true });
  if (!result.success) return { refused: `${path} must have revision, author and approvedBy, each as text` };
  const { revision, author, approvedBy } = result.data;
  if (revision !== loaded.revision)
    return { refused: `${path} approves revision ${revision.slice(0, 40)}, and this is ${loaded.revision}` };
  if (author.toLowerCase() === approvedBy.toLowerCase()) return { refused: `${path}: ${approvedBy} cannot approve their own change` };
  return { author, approvedBy };
}
