import type { Looser } from "./declare.ts";
import { detections } from "./options/detections.ts";
import { core, declaredOptions } from "./walk.ts";

type Ways = Record<string, Record<string, Looser>>;

let known: Ways | undefined;

/** Which way each setting of a detection is looser: by detection, then setting. */
export function looserSettings(): Ways {
  known ??= declaredWays();
  return known;
}

function declaredWays(): Ways {
  const out: Record<string, Record<string, Looser>> = {};
  for (const { path, about } of declaredOptions(core(detections))) {
    const [name, key] = path;
    if (path.length !== 2 || about.looser === undefined) continue;
    out[name] = { ...out[name], [key]: about.looser };
  }
  return out;
}
