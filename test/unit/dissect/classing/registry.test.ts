import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LABELS } from "../../../../src/dissect/classing/index.ts";

test("every label that is defined stands in the registry", () => {
  const folder = new URL("../../../../src/dissect/classing/", import.meta.url);
  const defined = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/= defineLabel\(\{\s*kind: "\w+",\s*label: "([a-z0-9-]+)"/g)].map(
      ([, label]) => label,
    ),
  );
  expect(defined.length).toBeGreaterThan(10);
  expect(LABELS.map(({ label }) => label).sort()).toEqual(defined.sort());
});
