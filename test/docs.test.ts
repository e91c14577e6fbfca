import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { referencePages } from "../src/verbs/docs.ts";

const root = resolve(import.meta.dirname, "..");

it("the reference pages are what the declarations say (npm run docs writes them)", async () => {
  for (const { path, text } of await referencePages()) expect(readFileSync(resolve(root, path), "utf8"), path).toBe(text);
});
