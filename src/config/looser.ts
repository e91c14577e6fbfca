import type { Looser } from "./declare.ts";
import { detections } from "./options/detections.ts";
import { core, declaredOptions } from "./walk.ts";

/** Which way each setting of a detection is looser: by detection, then setting. */
export function looserSettings(): Record<string, Record<string, Looser>> {
  const out: Record<string, Record<string, Looser>> = {};
  for (const { path, about } of declaredOptions(core(detections))) {
    const [name, key] = path;
    if (path.length !== 2 || about.looser === undefined) continue;
    out[name] = { ...out[name], [key]: about.looser };
  }
  return out;
}
