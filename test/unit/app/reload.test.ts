import { beforeEach, describe, expect, it } from "vitest";
import { createReloads, reloadConfig } from "../../../src/app/reload.ts";
import type { LoadedConfig } from "../../../src/config/config.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { silentLog } from "../../../src/obs/silent-log.ts";

const lists = readBuiltInLists(BUILT_IN_LISTS);
const parse = (text: string) => parseConfig(text, undefined, lists, { HOME: "/h" });
const BEFORE = parse("inside: [10.0.0.0/8]\n");
const LOOSER = parse("inside: [10.0.0.0/8]\ndetections: { tls.weak: { enabled: false } }\n");

let told: string[];
beforeEach(() => {
  told = [];
});

/** Reloads; `fails`: what the daemon throws when it takes over. */
function reload(load: () => LoadedConfig, more: { isFourEyes?: boolean; fails?: Error; ends?: boolean } = {}): Promise<LoadedConfig> {
  return reloadConfig({
    load: async () => load(),
    current: BEFORE,
    isFourEyes: more.isFourEyes ?? false,
    log: silentLog,
    notifier: { notify: (state) => told.push(state.replace(/\n.*/, "")) },
    daemon: {
      policyRevision: "r",
      health: { set: (_, state, reason) => told.push(`config ${state}${reason ? `: ${reason}` : ""}`) },
      isEnding: more.ends ?? false,
      async reload() {
        if (more.fails) throw more.fails;
        told.push("taken over");
      },
      tellPolicyChange: (before, change) => told.push(`told of ${change.loosenings.length}, ${before === BEFORE.site}`),
    },
  });
}

describe("a configuration read again", () => {
  it("is taken over whole before the detections hear of it", async () => {
    expect(await reload(() => LOOSER)).toBe(LOOSER);
    expect(told).toEqual(["RELOADING=1", "taken over", "config ok", "told of 1, true", "READY=1"]);
  });

  it.each<[string, () => LoadedConfig, Error | undefined]>([
    ["is wrong", () => parse("inside: [x]\n"), undefined],
    ["needs what is not there", () => LOOSER, new AppError("geo_missing", "x.geo: cannot read")],
  ])("leaves the old one in effect when it %s", async (_, load, fails) => {
    expect(await reload(load, fails ? { fails } : {})).toBe(BEFORE);
    expect(told[1]).toMatch(/^config degraded: the new configuration is wrong, the old one stays in effect: /);
    expect([told.length, told.at(-1)]).toEqual([3, "READY=1"]);
  });

  it("is not taken over by one person where two are asked for", async () => {
    expect(await reload(() => LOOSER, { isFourEyes: true })).toBe(BEFORE);
    expect(told).toEqual(["RELOADING=1", expect.stringMatching(/^config degraded: .*tls\.weak is off/), "told of 1, true", "READY=1"]);
  });

  it("does not hide a fault of ours", async () => {
    await expect(reload(() => LOOSER, { fails: new RangeError("Invalid time value") })).rejects.toThrow(RangeError);
    expect(told).toEqual(["RELOADING=1", "READY=1"]);
  });

  it("is not taken over by one that is being stopped", async () => {
    expect(await reload(() => LOOSER, { ends: true })).toBe(BEFORE);
    expect(told).toEqual(["RELOADING=1", "READY=1"]);
  });

  it("is told of in a few of very many points", async () => {
    const networks = Array.from({ length: 1000 }, (_, n) => `x${n}`).join(", ");
    await reload(() => parse(`inside: [${networks}]\n`));
    expect(told[1]).toMatch(/; and 960 more$/);
  });
});

describe("reloads", () => {
  /** Reloads that end when told to; `log` has what was read, in order. */
  function reloads() {
    const log: string[] = [];
    const ends: (() => void)[] = [];
    let file = "a";
    const ask = createReloads(async () => {
      const read = file;
      await new Promise<void>((end) => ends.push(end));
      log.push(read);
    });
    return { log, ends, ask, write: (text: string) => (file = text) };
  }

  it("wait until there is something to reload", async () => {
    const log: string[] = [];
    let start = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const ask = createReloads(async () => void log.push("reload"), started);
    const asked = [ask(), ask(), ask()];
    await new Promise(setImmediate);
    expect(log).toEqual([]);
    start();
    await Promise.all(asked);
    expect(log).toEqual(["reload", "reload"]);
  });

  it("wait for the one under way, and none is lost: the last one read is the last one written", async () => {
    const { log, ends, ask, write } = reloads();
    const first = ask();
    write("b");
    const second = ask();
    write("c");
    const third = ask();
    expect(ends).toHaveLength(1);
    ends[0]();
    await first;
    expect(log).toEqual(["a"]);
    await Promise.resolve();
    write("d");
    const fourth = ask();
    ends[1]();
    await Promise.all([second, third]);
    expect(log).toEqual(["a", "c"]);
    await Promise.resolve();
    ends[2]();
    await fourth;
    expect(log).toEqual(["a", "c", "d"]);
  });
});
