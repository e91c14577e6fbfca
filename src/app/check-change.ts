import type { LoadedConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { looserThan } from "./policy-change.ts";
import { previewChange, previewText, recordingFor } from "./preview.ts";

/** `bordertap check FILE --config NOW --against …`: what a configuration would change, as text. */
export async function checkChange(
  next: LoadedConfig,
  options: { against?: string | true; config?: string; state?: string; from?: string; to?: string },
): Promise<string> {
  const before = options.config === undefined ? undefined : loadConfig(options.config);
  const looser = before ? looserThan(before, next) : [];
  if (options.against !== undefined) {
    const preview = await previewChange(next, recordingFor(before ?? next, options), before);
    return previewText({ ...preview, loosenings: looser });
  }
  const lines = looser.map(({ text }) => `  ${text}\n`);
  return lines.length > 0 ? `looser than ${options.config}:\n${lines.join("")}` : `no looser than ${options.config}\n`;
}
