import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { declarations } from "../../../src/config/declare.ts";
import { configJsonSchema, configReference } from "../../../src/config/describe.ts";
import { renderDocs } from "../../../src/config/docs.ts";
import { effectiveConfig, hideSecrets } from "../../../src/config/effective.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { configSample } from "../../../src/config/sample.ts";
import { configSchema } from "../../../src/config/schema.ts";
import { declaredOptions } from "../../../src/config/walk.ts";
import { createDetections, DETECTIONS, defaultSettings } from "../../../src/detect/index.ts";
import { loadText, readText } from "./load-text.ts";

test("the sample is valid as it stands, and without a warning", () => {
  const loaded = loadText(configSample());
  expect(loaded.warnings).toEqual([]);
  expect(loaded.site.zones.map((zone) => zone.name)).toEqual([
    "imaging",
    "laboratory",
    "dialysis",
    "clinical",
    "office",
    "guest",
    "unassigned",
  ]);
});

test("the JSON Schema takes the sample and refuses what is no option", () => {
  const schema = z.fromJSONSchema(configJsonSchema() as never);
  const sample: Record<string, unknown> = parse(configSample());
  expect(schema.safeParse(sample).success).toBe(true);
  expect(schema.safeParse({}).success).toBe(true);
  expect(schema.safeParse({ ...sample, zonez: [] }).success).toBe(false);
  expect(schema.safeParse({ ...sample, capture: { threads: -1 } }).success).toBe(false);
});

test("every option is in the reference, with its default", () => {
  const page = configReference();
  for (const option of declaredOptions(configSchema))
    expect(page).toContain(option.isSection && option.path.length === 1 ? `## ${option.name}\n` : `\`${option.name}\``);
  expect(page).toContain("| `flows.activeSeconds` | whole number, 1 to 3600 | `60` | s | restart |");
  expect(page).toContain("| `zones[].data` | list of `patient-record`");
});

test("every number has its unit, and every option says what it is", () => {
  for (const { name, about, schema } of declaredOptions(configSchema)) {
    expect(about.doc, name).toMatch(/\.$/);
    const hasUnitInName = /(Seconds|Minutes|Days|Kilobytes|Megabytes|Gigabytes|Bytes|Percent|limit)$/.test(name);
    if (schema instanceof z.ZodDefault && schema.def.innerType instanceof z.ZodNumber && hasUnitInName)
      expect(about.unit, name).toBeDefined();
  }
});

test("docs/configuration.md is what the declarations say", () => {
  for (const page of renderDocs()) expect(readText(page.path) === page.text, `${page.path} is stale: npm run docs`).toBe(true);
});

test("the detections are those of the catalogue, with its defaults", () => {
  const { detections } = loadConfig(undefined, {}).config;
  expect(detections).toEqual(defaultSettings());
  expect(Object.keys(detections)).toEqual(DETECTIONS.map((detection) => detection.name));
  const changed = loadText("detections:\n  tap.degraded: {severity: low, dropSeconds: 120}\n  clear.hl7_external: {enabled: false}\n");
  expect(() => createDetections({ settings: changed.config.detections, emit() {} })).not.toThrow();
});

test.each([
  ["built-in", ""],
  ["sample", configSample()],
  ["Norway", "jurisdictions:\n  - {name: north, countries: [NO], source: 'yes'}\n"],
])("the effective configuration loads again, to the same: %s", (_, text) => {
  const loaded = loadText(text);
  const again = loadText(effectiveConfig(loaded));
  expect(again.config).toEqual(loaded.config);
  expect(again.site).toEqual(loaded.site);
  expect(again.revision).toBe(loaded.revision);
});

test("secrets are hidden", () => {
  const token = z.string().optional();
  declarations.add(token, { doc: "A secret.", isSecret: true });
  const schema = z.strictObject({ outputs: z.array(z.strictObject({ name: z.string(), token })).default([]) });
  expect(hideSecrets({ outputs: [{ name: "a", token: "t0p" }, { name: "b" }] }, schema)).toEqual({
    outputs: [
      { name: "a", token: "(hidden)" },
      { name: "b", token: undefined },
    ],
  });
});
