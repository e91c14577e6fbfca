import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Config } from "./config.ts";
import type { ParsedConfig } from "./schema.ts";

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths are relative to. */
  baseFolder: string;
  isRoot: boolean;
}

/** Fills in the defaults that are computed, and makes paths absolute. */
export function fill(parsed: ParsedConfig, surroundings: Surroundings): Config {
  const absolute = (path: string) => resolve(surroundings.baseFolder, path);
  const { zones, geo, outputs, partiesFile, assetsFile, policy, ...rest } = parsed;
  const file = (output: ParsedConfig["outputs"]["flows"]) =>
    output.path === undefined ? output : { ...output, path: absolute(output.path) };
  return {
    ...rest,
    ...(zones && {
      zones: zones.map((zone) => ({
        ...zone,
        title: zone.title ?? zone.name,
        jurisdiction: zone.jurisdiction ?? parsed.jurisdiction,
        judged: zone.judged ?? zone.data.some((one) => one !== "guest"),
      })),
    }),
    parties: parsed.parties.map((party) => ({ ...party, title: party.title ?? party.name })),
    jurisdictions: parsed.jurisdictions.map((list) => ({ ...list, title: list.title ?? list.name })),
    policy: policy.approvalFile === undefined ? policy : { ...policy, approvalFile: absolute(policy.approvalFile) },
    geo: {
      ...geo,
      ...(geo.country === undefined ? {} : { country: absolute(geo.country) }),
      sources: geo.sources.map((source) => ({ ...source, from: /^https?:\/\//.test(source.from) ? source.from : absolute(source.from) })),
    },
    outputs: { flows: file(outputs.flows), alerts: file(outputs.alerts) },
    state: { folder: parsed.state.folder === undefined ? stateFolder(surroundings) : absolute(parsed.state.folder) },
  };
}

/** systemd.exec(5) `StateDirectory=`, then the XDG base directory specification. */
function stateFolder({ env, isRoot }: Surroundings): string {
  // Several directories are separated by colons; the first is ours.
  const given = env.STATE_DIRECTORY?.split(":")[0];
  if (given) return given;
  if (isRoot) return "/var/lib/bordertap";
  const isAbsolute = env.XDG_STATE_HOME?.startsWith("/");
  return join(isAbsolute ? (env.XDG_STATE_HOME ?? "") : join(env.HOME || homedir(), ".local", "state"), "bordertap");
}
