import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dataOfYaml } from "../../lib/data-yaml.ts";
import { AppError, reasonOf } from "../../lib/errors.ts";

/** Where the data files lie in the package: the same from src/ and from dist/. */
export const GEO_DB_FOLDER = fileURLToPath(new URL("../../../geo-db", import.meta.url));

export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day, YYYY-MM-DD");

/** Reads one data file of geo-db/. Throws `geo_missing` or `geo_corrupt` with the file's name and what is wrong. */
export function loadGeoDb<T>(folder: string | undefined, name: string, schema: z.ZodType<T>): T {
  const path = join(folder ?? GEO_DB_FOLDER, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read: ${reasonOf(error)}; install bordertap again`, { cause: error });
  }
  let value: unknown;
  try {
    value = dataOfYaml(text);
  } catch (error) {
    throw new AppError("geo_corrupt", `${path}: is no YAML: ${reasonOf(error).split("\n")[0]}`, { cause: error });
  }
  const result = schema.safeParse(value, { jitless: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AppError("geo_corrupt", `${path}: ${issue.path.join(".")}: ${issue.message}`);
}
