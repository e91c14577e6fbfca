import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJournal } from "../alerts/journal.ts";
import type { LoadedConfig } from "../config/config.ts";
import { loadSpecialPurpose } from "../enrich/location/geo-db.ts";
import { loadServices } from "../enrich/well-known.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";
import { approve, type BlockEntry, type BlockRules, readBlocklist, standing } from "../outputs/blocklist.ts";
import { blocklistFeeds } from "../outputs/blocklist-feeds.ts";

/** Detections of which an outside address may be worth blocking: those that name one as the place where data went. */
const HEALTH = /^(tap|geo|audit|policy|pipeline|basis)\./;

/** The block list of a site: what was approved, and the feeds made of it. */
export class Blocklist {
  private readonly folder: string;
  private readonly journal: string;
  private readonly rules: BlockRules;
  private readonly nowMs: number;

  constructor({ config, site }: LoadedConfig, stateFolder: string, nowMs: number) {
    this.folder = config.blocklist.folder ?? join(stateFolder, "blocklist");
    this.journal = join(stateFolder, "alerts", "alerts.journal");
    this.nowMs = nowMs;
    this.rules = {
      days: config.blocklist.days,
      limit: config.blocklist.limit,
      never: [
        ...site.inside.map((network) => ({ network, why: "the site's own" })),
        ...config.blocklist.never.map((network) => ({ network, why: "on the list blocklist.never" })),
        ...site.parties.flatMap(({ title, networks }) => networks.map((network) => ({ network, why: `of the registered party ${title}` }))),
        ...loadServices()
          .filter(({ kind }) => kind === "resolver")
          .flatMap(({ name, networks = [] }) => networks.map((network) => ({ network, why: `the resolver ${name}` }))),
        ...loadSpecialPurpose()
          .prefixes.filter(({ scope, inverted }) => scope !== "global" && inverted !== true)
          .map(({ prefix, name }) => ({ network: prefix, why: `special-purpose space (${name})` })),
      ],
    };
  }

  entries(): BlockEntry[] {
    const path = join(this.folder, "blocklist.json");
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new AppError("output_failed", `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    }
    const entries = readBlocklist(text);
    if (entries === undefined) throw new AppError("output_failed", `${path} is no block list: move it away`);
    return standing(entries, this.nowMs);
  }

  /** Alerts with an outside address that is not on the list, worst first. */
  candidates(): Alert[] {
    const listed = new Set(this.entries().map(({ address }) => address));
    return this.alerts().filter(
      ({ detection, evidence, isReplay }) =>
        isReplay !== true && !HEALTH.test(detection) && evidence.outsideAddress !== undefined && !listed.has(evidence.outsideAddress),
    );
  }

  /** Lists the outside address of an alert. Throws AppError where that may not be. With `isDryRun` nothing is written. */
  approve(alertId: string, by: string, options: { days?: number; isDryRun: boolean }): BlockEntry[] {
    const alert = this.alerts().find(({ id }) => id === alertId);
    if (alert === undefined)
      throw new AppError("usage", `there is no alert ${alertId}; see "bordertap blocklist candidates"`, { exitCode: 2 });
    if (alert.closedReason === "location wrong" || alert.closedReason === "authorised since" || alert.closedReason === "test")
      throw new AppError("usage", `alert ${alertId} was closed as "${alert.closedReason}": it is no confirmed violation`);
    const { detection, evidence } = alert;
    const days = options.days === undefined ? {} : { days: options.days };
    const outcome = approve(this.entries(), { address: evidence.outsideAddress, alertId, detection, by, ...days }, this.rules, this.nowMs);
    if (outcome.result === "refused") throw new AppError("usage", outcome.why);
    if (!options.isDryRun) this.write(outcome.entries);
    return outcome.entries;
  }

  remove(address: string, isDryRun: boolean): BlockEntry[] {
    const before = this.entries();
    const after = before.filter((entry) => entry.address !== address);
    if (after.length === before.length) throw new AppError("usage", `${address} is not on the block list`, { exitCode: 2 });
    if (!isDryRun) this.write(after);
    return after;
  }

  /** Writes the feeds anew: what has run out leaves them. */
  refresh(): BlockEntry[] {
    const entries = this.entries();
    this.write(entries);
    return entries;
  }

  feeds(): Record<string, string> {
    return blocklistFeeds(this.entries(), this.nowMs);
  }

  private alerts(): Alert[] {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.journal);
    } catch (error) {
      throw new AppError("alerts_store", `cannot read ${this.journal}: ${reasonOf(error)}; is --state or --config right?`, {
        cause: error,
      });
    }
    const journal = decodeJournal(bytes);
    if (journal === undefined) throw new AppError("alerts_store", `${this.journal} is no alerts journal of this version`);
    return [...journal.alerts.values()].map(({ alert }) => alert);
  }

  /** Each file whole or not at all: a firewall may fetch at any time. */
  private write(entries: readonly BlockEntry[]): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o750 });
      for (const [name, text] of Object.entries(blocklistFeeds(entries, this.nowMs))) {
        const path = join(this.folder, name);
        writeFileSync(`${path}.new`, text, { mode: 0o644 });
        renameSync(`${path}.new`, path);
      }
    } catch (error) {
      throw new AppError("output_failed", `cannot write the block list to ${this.folder}: ${reasonOf(error)}`, { cause: error });
    }
  }
}
