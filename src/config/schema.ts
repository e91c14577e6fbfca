import { z } from "zod";
import { alerts } from "./options/alerts.ts";
import { assets, assetsFile } from "./options/assets.ts";
import { authorisations } from "./options/authorisations.ts";
import { blocklist } from "./options/blocklist.ts";
import { capture } from "./options/capture.ts";
import { collect } from "./options/collect.ts";
import { consoleOptions } from "./options/console.ts";
import { detections } from "./options/detections.ts";
import { geo } from "./options/geo.ts";
import { history } from "./options/history.ts";
import { jurisdiction, jurisdictions } from "./options/jurisdictions.ts";
import { outputs } from "./options/outputs.ts";
import { parties, partiesFile } from "./options/parties.ts";
import { policy } from "./options/policy.ts";
import { dissect, flows, names } from "./options/sensor.ts";
import { inside, site } from "./options/site.ts";
import { state } from "./options/state.ts";
import { zones } from "./options/zones.ts";

/** Every option of bordertap, each declared once; types, validation, defaults, reference page and reload rules come from here. */
export const configSchema = z.strictObject({
  site,
  inside,
  zones,
  assets,
  assetsFile,
  jurisdiction,
  jurisdictions,
  parties,
  partiesFile,
  authorisations,
  policy,
  capture,
  collect,
  flows,
  dissect,
  names,
  geo,
  detections,
  alerts,
  outputs,
  blocklist,
  history,
  console: consoleOptions,
  state,
});

/** As validated, with declared defaults; computed ones are not filled in yet (see `Config`). */
export type ParsedConfig = z.output<typeof configSchema>;
