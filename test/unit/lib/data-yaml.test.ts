import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildDataYaml, DATA_FILE, dataOfYaml } from "../../../src/lib/data-yaml.ts";

test("a text is worth what its YAML says, and what a build leaves of it is the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "bordertap-data-"));
  try {
    const text = "checked: 2026-11-22\nlists: [{ name: lu, countries: [LU] }]\n";
    buildDataYaml([text], join(folder, "new"));
    const left = Object.values(JSON.parse(readFileSync(join(folder, "new", DATA_FILE), "utf8")));
    expect(left).toEqual([dataOfYaml(text)]);
    expect(dataOfYaml(text)).toEqual({ checked: "2026-11-22", lists: [{ name: "lu", countries: ["LU"] }] });
    expect(() => dataOfYaml("a: [")).toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
