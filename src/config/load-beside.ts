import { type MessagePort, Worker } from "node:worker_threads";
import { AppError, type AppErrorCode, reasonOf } from "../lib/errors.ts";
import { inSlices } from "../lib/slices.ts";
import type { JurisdictionList } from "../model/site.ts";
import type { LoadedConfig } from "./config.ts";
import { loadConfig } from "./load.ts";
import { frozen, type Parcel, parcelsOf, unpack } from "./parcels.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { siteSliced } from "./site.ts";

/** What a reading came to: a configuration, the problems of one, or another fault of the world. */
export interface Reading {
  read?: Omit<LoadedConfig, "site"> & { lists: readonly JurisdictionList[] };
  problems?: readonly ConfigProblem[];
  fault?: { code: AppErrorCode; message: string; exitCode: 1 | 2 };
}

type Port = MessagePort | Worker;

/**
 * `loadConfig` in a thread of its own, for whoever must not be held up: a register of ten thousand parties takes seconds. The
 * thread ends with the reading.
 */
export async function loadBeside(path: string | undefined): Promise<LoadedConfig> {
  const worker = new Worker(new URL("./load-child.js", import.meta.url), { workerData: { path } });
  try {
    const ended = new Promise<never>((_, reject) => {
      worker.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? refused(error) : error));
      worker.once("exit", (code) => reject(refused(new Error(`its thread ended with ${code}`))));
    });
    return await Promise.race([takeOver(worker), ended]);
  } finally {
    await worker.terminate();
  }
}

/** Asks for one parcel after the other, with a turn of the event loop between them; then what `loadConfig` would have given or thrown. */
export async function takeOver(port: Port): Promise<LoadedConfig> {
  const whole = await new Promise<unknown>((resolve) => {
    let held: unknown;
    port.on("message", ({ parcel, isLast }: { parcel: Parcel; isLast: boolean }) => {
      held = unpack(held, parcel);
      if (isLast) resolve(held);
      // Messages that wait are all handed over in one turn: so there is never more than one.
      else setImmediate(() => port.postMessage("next"));
    });
    port.postMessage("next");
  });
  const { read, problems, fault } = whole as Reading;
  if (problems !== undefined) throw new ConfigError(problems);
  if (fault !== undefined) throw new AppError(fault.code, fault.message, { exitCode: fault.exitCode });
  if (read === undefined) throw new Error("a reading without a result");
  const { lists, ...loaded } = read;
  const site = await inSlices(siteSliced(loaded.config, lists));
  return inSlices(frozen({ ...loaded, site }));
}

function refused(error: Error): AppError {
  return new AppError("config_unreadable", `the configuration cannot be read: ${reasonOf(error)}; try again`, { cause: error });
}

/** The other end: reads, and sends as it is asked. */
export function giveOver(port: Port, path: string | undefined): void {
  const parcels = parcelsOf(readingOf(path));
  let sent = 0;
  port.on("message", () => {
    if (sent >= parcels.length) return;
    const parcel = parcels[sent];
    sent += 1;
    port.postMessage({ parcel, isLast: sent === parcels.length });
  });
}

function readingOf(path: string | undefined): Reading {
  try {
    const { site, ...loaded } = loadConfig(path);
    const builtIn = site.jurisdictions.length - loaded.config.jurisdictions.length;
    return { read: { ...loaded, lists: site.jurisdictions.slice(0, builtIn) } };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    if (error instanceof AppError) return { fault: { code: error.code, message: error.message, exitCode: error.exitCode } };
    throw error;
  }
}
