import { readFileSync, statSync } from "node:fs";
import { loadConfig } from "../config/load.ts";
import { loadLoadable } from "../enrich/location/geo-db.ts";
import { peekGeoHeader } from "../enrich/location/geo-file.ts";
import { installSource } from "../enrich/location/install.ts";
import { installedPath } from "../enrich/location/load-geo.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { isUrl, withoutSecrets } from "../lib/source-url.ts";
import { fetchSource } from "./fetch-source.ts";
import { installedFolder } from "./rules.ts";

/** The largest city databases have some 150 MB; more than this is no database. */
const MOST_BYTES = 1e9;

export interface UpdateOptions {
  config: string | undefined;
  only: string | undefined;
  /** With `only`: take it from here. */
  file: string | undefined;
  sha256: string | undefined;
  isForced: boolean;
  nowMs: number;
  say(line: string): void;
  complain(line: string): void;
}

/**
 * `bordertap geo update`: takes each configured source from its file or URL and installs it. One that fails does not keep the
 * others from it; then the exit code is 1. Nothing but what is configured is ever fetched.
 */
export async function updateSources(options: UpdateOptions): Promise<0 | 1> {
  const { only, file, isForced, nowMs, say, complain } = options;
  const loaded = loadConfig(options.config);
  const { geo } = loaded.config;
  if (file !== undefined && only === undefined)
    throw new AppError("usage", "--file needs --only NAME: which source is it?", { exitCode: 2 });
  if (options.sha256 !== undefined && only === undefined) throw new AppError("usage", "--sha256 needs --only NAME", { exitCode: 2 });
  const chosen = geo.sources.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) {
    const what = only === undefined ? "no sources are configured (geo.sources)" : `no source named ${only} is configured (geo.sources)`;
    throw new AppError("usage", `${what}; nothing was fetched`, { exitCode: 2 });
  }
  const known = loadLoadable();
  let failures = 0;
  for (const source of chosen) {
    const from = file ?? source.from;
    const sha256 = options.sha256 ?? source.sha256;
    const usual = known.find(({ format }) => format === source.format);
    try {
      const installed = installSource({
        name: source.name,
        format: source.format,
        bytes: isUrl(from) ? await fetchSource(from, sha256 !== undefined, MOST_BYTES) : readWhole(from),
        from: withoutSecrets(from),
        folder: installedFolder(loaded),
        sha256,
        attribution: source.attribution ?? (source.format === "mmdb" ? "" : (usual?.attribution ?? "")),
        licence: source.licence ?? (source.format === "mmdb" ? "unknown" : (usual?.licence ?? "unknown")),
        maxAgeDays: source.maxAgeDays ?? geo.maxAgeDays,
        isForced,
        nowMs,
      });
      const what = `${installed.networks} networks, build ${installed.build}, sha256 ${installed.sha256.slice(0, 12)}…`;
      say(`${source.name}: ${installed.isNew ? "installed" : "is the one installed already"}: ${what}`);
      for (const remark of installed.remarks) say(`${source.name}: ${remark}`);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failures += 1;
      complain(
        /stays in use$/.test(error.message)
          ? error.message
          : `${error.message}; ${keptOf(installedPath(installedFolder(loaded), source.name))}`,
      );
    }
  }
  return failures > 0 ? 1 : 0;
}

/** What is in use where nothing new could be had. */
function keptOf(path: string): string {
  const header = peekGeoHeader(path);
  return header === undefined ? "none is installed" : `the installed one stays in use (build ${header.build})`;
}

function readWhole(path: string): Buffer {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error(`larger than ${MOST_BYTES / 1e6} MB`);
    return readFileSync(path);
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read: ${reasonOf(error)}`, { cause: error });
  }
}
