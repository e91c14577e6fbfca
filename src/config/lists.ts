import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { JurisdictionList } from "../model/site.ts";
import { wrongCountry } from "./countries.ts";

/** The lists that come with bordertap; the same relative place from src/ and from dist/. */
export const BUILT_IN_LISTS = fileURLToPath(new URL("../../geo-db/jurisdictions.yaml", import.meta.url));

const fileSchema = z.object({
  lists: z
    .array(z.object({ name: z.string().min(1), title: z.string(), source: z.string(), countries: z.array(z.string()).min(1) }))
    .min(1),
});

/** Reads the built-in jurisdiction lists. Throws AppError `geo_missing` or `geo_corrupt`. */
export function readBuiltInLists(path: string): JurisdictionList[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("geo_missing", `cannot read the jurisdiction lists ${path}: ${reasonOf(error)}; install bordertap again`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = parse(text, { logLevel: "silent" });
  } catch (error) {
    throw new AppError("geo_corrupt", `${path} is no YAML: ${reasonOf(error).split("\n")[0]}; install bordertap again`, { cause: error });
  }
  const result = fileSchema.safeParse(value, { jitless: true });
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new AppError(
      "geo_corrupt",
      `${path} is no file of jurisdiction lists (${issue.path.join(".")}: ${issue.message}); install bordertap again`,
    );
  }
  for (const list of result.data.lists) {
    const wrong = list.countries.find((code) => wrongCountry(code));
    if (wrong !== undefined)
      throw new AppError("geo_corrupt", `${path}: list ${list.name} has ${JSON.stringify(wrong)}, which is no country code`);
  }
  return result.data.lists.map(({ name, title, countries, source }) => ({ name, title, countries, source }));
}
