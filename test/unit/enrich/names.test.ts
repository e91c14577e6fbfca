import { expect, test } from "vitest";
import { createNames } from "../../../src/enrich/names.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { words } from "./fixture.ts";

const HOUR = 3600e6;
const T = 1_700_000_000e6;
const resolution = (name: string, addresses: string[], atMicros = T, ttlSeconds = 60) => ({
  name,
  addresses: addresses.flatMap((text) => words(text)),
  aliases: [],
  ttlSeconds,
  atMicros,
});

function make(limit = 100) {
  const losses = new Losses();
  const names = createNames({ limit, losses, seed: 1 });
  return {
    losses,
    names,
    learn: (client: string, ...given: Parameters<typeof resolution>) => names.learn(words(client), resolution(...given)),
    ask: (client: string, address: string, at = T) => {
      const known = names.nameOf(words(client), words(address), at);
      return known && `${known.name} ${known.source}`;
    },
  };
}

test("the asker's own answer first, then another host's", () => {
  const { learn, ask } = make();
  learn("10.0.0.1", "a.example", ["5.5.5.5", "2a00::5"]);
  learn("10.0.0.2", "b.example", ["5.5.5.5"], T + 1e6);
  expect(ask("10.0.0.1", "5.5.5.5", T + 2e6)).toBe("a.example dns");
  expect(ask("10.0.0.2", "5.5.5.5", T + 2e6)).toBe("b.example dns");
  expect(ask("10.0.0.3", "5.5.5.5", T + 2e6)).toBe("b.example dns-elsewhere");
  expect(ask("10.0.0.1", "2a00::5", T)).toBe("a.example dns");
  expect(ask("10.0.0.1", "5.5.5.6", T)).toBeUndefined();
});

test.each([
  ["a little before the answer (sensor threads)", T - 0.9e6, "a.example dns"],
  ["well before it", T - 2e6, undefined],
  ["within the TTL", T + 60e6, "a.example dns"],
  ["within the hour of grace after it", T + 60e6 + HOUR, "a.example dns"],
  ["after that", T + 61e6 + HOUR, undefined],
])("a flow that began %s", (_title, at, expected) => {
  const { learn, ask } = make();
  learn("10.0.0.1", "a.example", ["5.5.5.5"]);
  expect(ask("10.0.0.1", "5.5.5.5", at)).toBe(expected);
});

test("an address that changed hands: flows keep the name of their time, answers in any order", () => {
  const { learn, ask } = make();
  learn("10.0.0.1", "new.example", ["5.5.5.5"], T + 100e6);
  learn("10.0.0.1", "old.example", ["5.5.5.5"], T);
  expect(ask("10.0.0.1", "5.5.5.5", T + 50e6)).toBe("old.example dns");
  expect(ask("10.0.0.1", "5.5.5.5", T + 101e6)).toBe("new.example dns");
});

test("asking again for the same name makes it last longer and loses nothing before", () => {
  const { learn, ask } = make();
  learn("10.0.0.1", "a.example", ["5.5.5.5"], T);
  learn("10.0.0.1", "a.example", ["5.5.5.5"], T + 2 * HOUR);
  expect(ask("10.0.0.1", "5.5.5.5", T)).toBe("a.example dns");
  expect(ask("10.0.0.1", "5.5.5.5", T + 3 * HOUR)).toBe("a.example dns");
});

test("a TTL of a thousand years is believed for a day", () => {
  const { learn, ask } = make();
  learn("10.0.0.1", "a.example", ["5.5.5.5"], T, 3e10);
  expect(ask("10.0.0.1", "5.5.5.5", T + 25 * HOUR)).toBe("a.example dns");
  expect(ask("10.0.0.1", "5.5.5.5", T + 26 * HOUR)).toBeUndefined();
});

test("half an address teaches nothing", () => {
  const { names } = make();
  names.learn(words("10.0.0.1"), { ...resolution("a.example", []), addresses: [0, 0, 0xffff] });
  expect(names.count()).toBe(0);
});

test("full: what is over goes first and uncounted, then what was not used; both stay within the limit", () => {
  const { learn, ask, names, losses } = make(4);
  for (let n = 0; n < 4; n += 1) learn("10.0.0.1", `n${n}.example`, [`5.5.5.${n}`], T);
  learn("10.0.0.1", "late.example", ["5.5.6.0"], T + 3 * HOUR);
  expect(losses.of("names_evicted")).toBe(0);
  expect(names.count()).toBe(4);
  for (let n = 0; n < 8; n += 1) learn("10.0.0.1", `m${n}.example`, [`5.5.7.${n}`], T + 3 * HOUR);
  expect(names.count()).toBe(4);
  expect(losses.of("names_evicted")).toBeGreaterThan(0);
  expect(ask("10.0.0.1", "5.5.7.7", T + 3 * HOUR)).toBe("m7.example dns");
});

test("which name goes does not hang on the seed", () => {
  const run = (seed: number) => {
    const names = createNames({ limit: 50, losses: new Losses(), seed });
    for (let n = 0; n < 400; n += 1) {
      names.learn(words("10.0.0.1"), resolution(`n${n}.example`, [`5.5.${n % 90}.${n % 7}`], T + n));
      names.nameOf(words("10.0.0.1"), words(`5.5.${n % 10}.1`), T + n);
    }
    return Array.from({ length: 630 }, (_, n) => names.nameOf(words("10.0.0.1"), words(`5.5.${n % 90}.${n % 7}`), T + 400)?.name);
  };
  expect(run(1)).toEqual(run(987_654_321));
});
