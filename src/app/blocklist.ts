import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJournal } from "../alerts/journal.ts";
import type { LoadedConfig } from "../config/config.ts";
import { loadSpecialPurpose } from "../enrich/location/geo-db.ts";
import { loadServices } from "../enrich/well-known.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { type Alert, SEVERITIES } from "../model/alert.ts";
import { approve, type BlockEntry, type BlockRules, readBlocklist, standing } from "../outputs/blocklist.ts";
import { blocklistFeeds } from "../outputs/blocklist-feeds.ts";
import { outsideAddresses } from "./alert-addresses.ts";

/** Detections that tell of bordertap itself, or of papers: no address is at fault. */
const HEALTH = /^(tap|geo|audit|policy|pipeline|basis)\./;
const ATTEMPTS = 5;
/** Addresses told for one alert. */
const ADDRESSES_TOLD = 64;

/** The address that an approval of this alert would list; undefined where there is none to block. */
export function blockableAddress({ detection, evidence, verdict, isReplay }: Readonly<Alert>): string | undefined {
  // Never placed: it is inside.
  return isReplay === true || HEALTH.test(detection) || verdict === undefined ? undefined : evidence.outsideAddress;
}

/** The block list of a site: what was approved, and the feeds made of it. */
export class Blocklist {
  private readonly folder: string;
  private readonly stateFolder: string;
  private readonly journal: string;
  private readonly loaded: LoadedConfig;
  private readonly now: () => number;

  constructor(loaded: LoadedConfig, stateFolder: string, now: () => number) {
    this.loaded = loaded;
    this.folder = loaded.config.blocklist.folder ?? join(stateFolder, "blocklist");
    this.stateFolder = stateFolder;
    this.journal = join(stateFolder, "alerts", "alerts.journal");
    this.now = now;
  }

  entries(): BlockEntry[] {
    return this.entriesOf(this.text());
  }

  /** Alerts with an outside address that is not on the list, worst first. */
  candidates(): Alert[] {
    const listed = new Set(this.entries().map(({ address }) => address));
    return this.alerts()
      .filter((alert) => {
        const address = blockableAddress(alert);
        return address !== undefined && !listed.has(address);
      })
      .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.firstMicros - b.firstMicros);
  }

  /**
   * All outside addresses of an alert's flows: the one of its evidence first, then those that history has of its zone, of the
   * same party (or, without one, the same name) and countries, in its time. Without history it is the first alone.
   */
  async addressesOf(alert: Readonly<Alert>): Promise<string[]> {
    const first = blockableAddress(alert);
    if (first === undefined) return [];
    const others = await outsideAddresses(join(this.stateFolder, "history"), alert, ADDRESSES_TOLD);
    return [first, ...others.filter((address) => address !== first)];
  }

  /** An alert of the state folder. Throws AppError when there is none. */
  alert(id: string): Alert {
    const alert = this.alerts().find((one) => one.id === id);
    if (alert === undefined) throw new AppError("usage", `there is no alert ${id}; see "bordertap blocklist candidates"`, { exitCode: 2 });
    return alert;
  }

  /**
   * Lists outside addresses of an alert: all of them or none. Throws AppError where that may not be. With `isDryRun` nothing is
   * written. `addresses`: left out, the one of its evidence.
   */
  approve(alert: Readonly<Alert>, by: string, options: { addresses?: readonly string[]; days?: number; isDryRun: boolean }): BlockEntry[] {
    const { id, detection, closedReason } = alert;
    if (closedReason === "location wrong" || closedReason === "authorised since" || closedReason === "test")
      throw new AppError("usage", `alert ${id} was closed as "${closedReason}": it is no confirmed violation`);
    if (alert.isReplay === true)
      throw new AppError("usage", `alert ${id} is of a replay: what it tells of is over, and may never have been`);
    if (blockableAddress(alert) === undefined) throw new AppError("usage", `alert ${id} names no outside address`);
    const days = options.days === undefined ? {} : { days: options.days };
    const rules = rulesOf(this.loaded);
    return this.change(options.isDryRun, (before) => {
      let entries = before;
      for (const address of options.addresses ?? [blockableAddress(alert)]) {
        const outcome = approve(entries, { address, alertId: id, detection, by, ...days }, rules, this.now());
        if (outcome.result === "refused") throw new AppError("usage", outcome.why);
        entries = outcome.entries;
      }
      return entries;
    });
  }

  /** Takes an address off the list. Throws AppError when it is not there. */
  remove(address: string, isDryRun: boolean): BlockEntry[] {
    return this.change(isDryRun, (before) => {
      const after = before.filter((entry) => entry.address !== address);
      if (after.length === before.length) throw new AppError("usage", `${address} is not on the block list`, { exitCode: 2 });
      return after;
    });
  }

  /** Writes the feeds anew: what has run out, or may not be listed any more, leaves them. A list that was never written is left alone. */
  refresh(): BlockEntry[] {
    return this.text() === undefined ? [] : this.change(false, (before) => before);
  }

  feeds(): Record<string, string> {
    return blocklistFeeds(this.entries(), this.now());
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

  private get path(): string {
    return join(this.folder, "blocklist.json");
  }

  private text(): string | undefined {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new AppError("output_failed", `cannot read ${this.path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  private entriesOf(text: string | undefined): BlockEntry[] {
    if (text === undefined) return [];
    const entries = readBlocklist(text);
    if (entries === undefined) throw new AppError("output_failed", `${this.path} is no block list: move it away`);
    return standing(entries, this.now(), rulesOf(this.loaded).never);
  }

  /** The daemon and a person at a terminal may change it at the same time: what somebody else wrote meanwhile is read first. */
  private change(isDryRun: boolean, edit: (before: BlockEntry[]) => BlockEntry[]): BlockEntry[] {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const text = this.text();
      const after = edit(this.entriesOf(text));
      if (isDryRun) return after;
      if (this.text() !== text) continue;
      this.write(after);
      return after;
    }
    throw new AppError("output_failed", `${this.path} is being changed all the time; try again`);
  }

  /** Each file whole or not at all: a firewall may fetch at any time. One that says the same already is left alone. */
  private write(entries: readonly BlockEntry[]): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o750 });
      for (const [name, text] of Object.entries(blocklistFeeds(entries, this.now()))) {
        const path = join(this.folder, name);
        if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
        writeFileSync(`${path}.new`, text, { mode: 0o644 });
        renameSync(`${path}.new`, path);
      }
    } catch (error) {
      throw new AppError("output_failed", `cannot write the block list to ${this.folder}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** What is never listed, and how much at most. */
function rulesOf({ config, site }: LoadedConfig): BlockRules {
  return {
    days: config.blocklist.days,
    limit: config.blocklist.limit,
    never: [
      ...site.inside.map((network) => ({ network, why: "the site's own" })),
      ...config.blocklist.never.map((network) => ({ network, why: "on the list blocklist.never" })),
      ...site.parties.flatMap(({ title, networks }) => networks.map((network) => ({ network, why: `of the registered party ${title}` }))),
      ...builtInNever(),
    ],
  };
}

let builtIn: BlockRules["never"] | undefined;

/** Resolvers and special-purpose space: read once, as the feeds are written anew every minute. */
function builtInNever(): BlockRules["never"] {
  builtIn ??= [
    ...loadServices()
      .filter(({ kind }) => kind === "resolver")
      .flatMap(({ name, networks = [] }) => networks.map((network) => ({ network, why: `the resolver ${name}` }))),
    ...loadSpecialPurpose()
      .prefixes.filter(({ scope, inverted }) => scope !== "global" && inverted !== true)
      .map(({ prefix, name }) => ({ network: prefix, why: `special-purpose space (${name})` })),
  ];
  return builtIn;
}
