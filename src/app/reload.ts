import type { LoadedConfig } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import { diffForReload } from "../config/reload.ts";
import { AppError } from "../lib/errors.ts";
import type { Notifier } from "../lib/sd-notify.ts";
import type { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import type { Daemon } from "./daemon.ts";
import { judgeChange } from "./policy-change.ts";

export interface ReloadOptions {
  /** Reads and checks the configuration again. */
  load(): LoadedConfig;
  /** The one in effect. */
  current: LoadedConfig;
  /** What loosens policy needs a second person's approval. */
  isFourEyes: boolean;
  daemon: Pick<Daemon, "reload" | "tellPolicyChange" | "policyRevision"> & { health: Pick<Health, "set"> };
  log: Log;
  notifier: Pick<Notifier, "notify">;
}

/**
 * Takes over the configuration as it is now, or says why not: then the old one stays. Returns the one that is in effect. A fault
 * of the world (AppError) leaves everything as it was; any other error is ours, and goes on.
 */
export function reloadConfig(options: ReloadOptions): LoadedConfig {
  const { current, log, notifier, daemon } = options;
  notifier.notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  try {
    return takeOver(options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error instanceof ConfigError ? error.problems.map((problem) => problem.text).join("; ") : error.message;
    daemon.health.set("config", "degraded", `the new configuration is wrong, the old one stays in effect: ${reason}`);
    log.error("the new configuration is wrong, the old one stays in effect", { reason });
    return current;
  } finally {
    notifier.notify("READY=1");
  }
}

function takeOver({ load, current, isFourEyes, daemon, log }: ReloadOptions): LoadedConfig {
  const next = load();
  const { hot, restart } = diffForReload(current, next);
  const change = judgeChange(current, next, isFourEyes);
  if (change.refused !== undefined) {
    const what = change.loosenings.map(({ text }) => text).join("; ");
    const reason = `the new configuration loosens policy and is not approved by a second person (${change.refused}), the old one stays in effect: ${what}`;
    daemon.health.set("config", "degraded", reason);
    log.warn("the new configuration loosens policy and is not approved, the old one stays in effect", { reason, revision: next.revision });
    daemon.tellPolicyChange(current.site, { loosenings: change.loosenings });
    return current;
  }
  daemon.reload(next);
  const isPartial = restart.length > 0;
  const reason = isPartial ? `changed, and in effect only after a restart: ${restart.join(", ")}` : "";
  daemon.health.set("config", isPartial ? "degraded" : "ok", reason);
  // News for the detections only now, when all of it is in effect.
  daemon.tellPolicyChange(current.site, change);
  if (change.loosenings.length > 0)
    log.warn("the new configuration loosens policy", {
      loosenings: change.loosenings.map(({ text }) => text).join("; "),
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
