import type { LoadedConfig } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { diffForReload } from "../config/reload.ts";
import { AppError } from "../lib/errors.ts";
import type { Notifier } from "../lib/sd-notify.ts";
import { inSlices } from "../lib/slices.ts";
import type { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import type { Daemon } from "./daemon.ts";
import { judgeChange } from "./policy-change.ts";

/** Points that are told one by one. */
const MOST_LISTED = 40;

export interface ReloadOptions {
  /** Reads and checks the configuration again. */
  load(): Promise<LoadedConfig>;
  /** The one in effect. */
  current: LoadedConfig;
  /** What loosens policy needs a second person's approval. */
  isFourEyes: boolean;
  daemon: Pick<Daemon, "reload" | "tellPolicyChange" | "policyRevision" | "isEnding"> & { health: Pick<Health, "set"> };
  log: Log;
  notifier: Pick<Notifier, "notify">;
}

/**
 * Takes over the configuration as it is now, or says why not: then the old one stays. Returns the one that is in effect. A fault
 * of the world (AppError) leaves everything as it was; any other error is ours, and goes on. Flows are judged all the while.
 */
export async function reloadConfig(options: ReloadOptions): Promise<LoadedConfig> {
  const { current, log, notifier, daemon } = options;
  notifier.notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  try {
    return await takeOver(options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error instanceof ConfigError ? listed(error.problems) : error.message;
    daemon.health.set("config", "degraded", `the new configuration is wrong, the old one stays in effect: ${reason}`);
    log.error("the new configuration is wrong, the old one stays in effect", { reason });
    return current;
  } finally {
    notifier.notify("READY=1");
  }
}

async function takeOver({ load, current, isFourEyes, daemon, log }: ReloadOptions): Promise<LoadedConfig> {
  const next = await load();
  const { hot, restart } = await inSlices(diffForReload(current, next));
  const change = await inSlices(judgeChange(current, next, isFourEyes));
  if (daemon.isEnding) return current;
  if (change.refused !== undefined) {
    const what = listed(change.loosenings);
    const reason = `the new configuration loosens policy and is not approved by a second person (${change.refused}), the old one stays in effect: ${what}`;
    daemon.health.set("config", "degraded", reason);
    log.warn("the new configuration loosens policy and is not approved, the old one stays in effect", { reason, revision: next.revision });
    daemon.tellPolicyChange(current.site, { loosenings: change.loosenings });
    return current;
  }
  await daemon.reload(next);
  if (daemon.isEnding) return current;
  const isPartial = restart.length > 0;
  const reason = isPartial ? `changed, and in effect only after a restart: ${restart.join(", ")}` : "";
  daemon.health.set("config", isPartial ? "degraded" : "ok", reason);
  // News for the detections only now, when all of it is in effect.
  daemon.tellPolicyChange(current.site, change);
  if (change.loosenings.length > 0)
    log.warn("the new configuration loosens policy", {
      loosenings: listed(change.loosenings),
      approvedBy: change.approvedBy ?? "nobody",
    });
  log.info("configuration read again", {
    revision: daemon.policyRevision,
    configuration: next.revision,
    changed: hot.join(", "),
    needsRestart: restart.join(", "),
  });
  return next;
}

/** The first of very many: the log and the health page are for people. */
function listed(all: readonly { text: string }[]): string {
  const more = all.length > MOST_LISTED ? `; and ${all.length - MOST_LISTED} more` : "";
  return `${all
    .slice(0, MOST_LISTED)
    .map(({ text }) => text)
    .join("; ")}${more}`;
}

/**
 * One reload at a time, in the order asked for. Whoever asks while one is under way gets one that begins after it, and reads what
 * is there then: it serves all who asked meanwhile. `started`: none begins before.
 */
export function createReloads(reload: () => Promise<void>, started?: Promise<unknown>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    current = (started === undefined ? reload() : started.then(reload)).finally(() => {
      current = undefined;
    });
    return current;
  };
  return () => {
    if (current === undefined) return begin();
    next ??= current.then(begin);
    return next;
  };
}
