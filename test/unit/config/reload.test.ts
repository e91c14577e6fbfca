import { expect, test } from "vitest";
import { diffForReload } from "../../../src/config/reload.ts";
import { atOnce } from "../../../src/lib/slices.ts";
import { loadText } from "./load-text.ts";

test.each([
  ["nothing", "", "# a comment\n", [], []],
  ["a zone", "", "zones:\n  - {name: a, vlans: [1], data: [admin]}\n", ["zones"], []],
  ["a threshold", "", "detections: {residency.violation: {confidence: 90}}\n", ["detections.residency.violation.confidence"], []],
  ["the ring", "", "capture: {ringMegabytes: 128}\n", [], ["capture.ringMegabytes"]],
  ["a default written out", "", "capture: {ringMegabytes: 64}\n", [], []],
  ["an option taken away", "capture: {interface: eth1}\n", "", [], ["capture.interface"]],
  ["the age of a database, and the database", "", "geo: {maxAgeDays: 9, country: /x}\n", ["geo.maxAgeDays"], ["geo.country"]],
  ["both kinds", "", "site: {name: x}\nhistory: {enabled: false}\n", ["site.name"], ["history.enabled"]],
])("%s", (_, old, next, hot, restart) => {
  expect(atOnce(diffForReload(loadText(old), loadText(next)))).toEqual({ hot, restart });
});
