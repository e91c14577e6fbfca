import { expect, test } from "vitest";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { createEnricher } from "../../../src/enrich/enricher.ts";
import { createLocator } from "../../../src/enrich/location/verdict.ts";
import { createNames } from "../../../src/enrich/names.ts";
import { FlowBatch } from "../../../src/model/flow.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { createCore } from "../../../src/pipeline/core.ts";
import { createPolicy } from "../../../src/policy/policy.ts";
import { policyRevision } from "../../../src/policy/revision.ts";
import { flow, testPlaces } from "../enrich/fixture.ts";

const lists = readBuiltInLists(BUILT_IN_LISTS);
const places = testPlaces();
const names = createNames({ limit: 100, losses: new Losses(), seed: 1 });

/** The n-th of a thousand configurations: every third is wrong; the right ones name their list after themselves. */
const textOf = (n: number) =>
  n % 3 === 2
    ? `jurisdiction: nowhere-${n}\n`
    : `jurisdiction: list-${n}\njurisdictions: [{name: list-${n}, countries: [LU, AU], source: s}]\n`;

function rulesOf(text: string) {
  const loaded = parseConfig(text, "c.yaml", lists, { HOME: "/h" }, { isRoot: false });
  const { locate } = createLocator(loaded.site.jurisdictions);
  return {
    revision: loaded.revision,
    enricher: createEnricher({ site: loaded.site, places, names }),
    policy: createPolicy({ site: loaded.site, revision: loaded.revision, locate }),
  };
}

test("a thousand reloads, right and wrong, between batches: every judgement is of exactly one revision, the last right one", () => {
  const flows = 20;
  const batch = new FlowBatch(flows);
  batch.count = flows;
  for (let n = 0; n < flows; n += 1) {
    const words = new Int32Array(64);
    flow("10.0.0.1", n % 2 === 0 ? "6.1.1.1" : "20.1.1.1").copyTo(words, 0);
    batch.ints.set(words, n * 64);
  }
  let inEffect = 0;
  const core = createCore(rulesOf(textOf(0)));
  const seen: string[] = [];
  let refused = 0;
  for (let n = 1; n <= 1000; n += 1) {
    try {
      core.use(rulesOf(textOf(n)));
      inEffect = n;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      refused += 1;
    }
    seen.length = 0;
    core.take(batch, [(judged) => seen.push(`${judged.judgement.rule} ${judged.location?.list}`)]);
    expect(new Set(seen)).toEqual(new Set([`list:list-${inEffect} list-${inEffect}`]));
    expect(seen).toHaveLength(flows);
  }
  expect(refused).toBe(333);
});

test("a revision is of the configuration and of the data", () => {
  const data = { "country-db": "aa", "as-db": "bb" };
  const one = policyRevision("c1", data);
  expect(one).toMatch(/^[0-9a-f]{12}$/);
  expect(policyRevision("c1", { "as-db": "bb", "country-db": "aa" })).toBe(one);
  expect([
    policyRevision("c2", data),
    policyRevision("c1", { ...data, "as-db": "bc" }),
    policyRevision("c1", { "country-db": "aa" }),
  ]).not.toContain(one);
});
