import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dataOfYaml } from "../lib/data-yaml.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { JurisdictionList } from "../model/site.ts";
import { wrongCountry } from "./countries.ts";

/** The lists that come with bordertap; the same relative place from src/ and from dist/. */
export const BUILT_IN_LISTS = fileURLToPath(new URL("../../geo-db/jurisdictions.yaml", import.meta.url));

/** A day, or a month, which ends with its last day. */
const end = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?$/);

const fileSchema = z.object({
  lists: z
    .array(
      z.object({
        name: z.string().min(1),
        title: z.string(),
        source: z.string(),
        countries: z.array(z.string()).min(1),
        adequacy: z.array(z.object({ country: z.string(), decision: z.string(), until: end.optional() })).optional(),
      }),
    )
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
    value = dataOfYaml(text);
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
  return result.data.lists.map(({ name, title, countries, source, adequacy }) => {
    const adequacyEnds = (adequacy ?? []).flatMap(({ country, decision, until }) =>
      until === undefined ? [] : [{ country, decision, lastDay: lastDayOf(until) }],
    );
    return { name, title, countries, source, ...(adequacyEnds.length === 0 ? {} : { adequacyEnds }) };
  });
}

/** Of a month, "2031-12", its last day. */
function lastDayOf(until: string): string {
  if (until.length > 7) return until;
  const [year, month] = until.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
