import type { Beat } from "../../../src/demo/conversation.ts";
import type { ScenarioGeo } from "./play.ts";

/** Real packets that make a detection fire, and some that nearly do. */
export interface WireScenario {
  /** Sections of the configuration beside the site's own (site.ts). */
  config?: string;
  /** Databases beside the embedded one. */
  geo?: ScenarioGeo;
  fires: { tells: string; packets: () => Iterable<Beat>[]; severity: string }[];
  nearMisses: { tells: string; packets: () => Iterable<Beat>[] }[];
}
