import { describe, expect, it } from "vitest";
import { approve, type BlockRules, readBlocklist, standing } from "../../../src/outputs/blocklist.ts";
import { blocklistFeeds } from "../../../src/outputs/blocklist-feeds.ts";

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const RULES: BlockRules = { days: 30, limit: 2, never: [{ network: "198.51.100.0/24", why: "the site's own" }] };
const wanted = (address: string | undefined, more: object = {}) => ({
  address,
  alertId: "a1",
  detection: "residency.violation",
  by: "M. Weber",
  ...more,
});
const listed = (...addresses: string[]) =>
  addresses.reduce<ReturnType<typeof standing>>((entries, address) => {
    const outcome = approve(entries, wanted(address), RULES, NOW);
    if (outcome.result === "refused") throw new Error(outcome.why);
    return outcome.entries;
  }, []);

describe("an approval", () => {
  it.each([
    ["an address that is never listed", wanted("198.51.100.7"), /198\.51\.100\.7 is never listed: 198\.51\.100\.0\/24 is the site's own/],
    ["an alert without an address", wanted(undefined), /names no outside address/],
    ["text that is no address", wanted("acme.example"), /names no outside address/],
    ["nobody's name", wanted("203.0.113.9", { by: " " }), /who approves/],
    ["for ever", wanted("203.0.113.9", { days: 366 }), /1 to 365 days/],
  ])("is refused for %s", (_, what, why) => {
    expect(approve([], what, RULES, NOW)).toMatchObject({ result: "refused", why: expect.stringMatching(why) });
  });

  it("is refused when the list is full, but for an address that stands", () => {
    const entries = listed("203.0.113.9", "2001:db8:1::5");
    expect(approve(entries, wanted("203.0.113.10"), RULES, NOW)).toMatchObject({ result: "refused", why: "the list is full: 2 addresses" });
    expect(approve(entries, wanted("203.0.113.9"), RULES, NOW + DAY)).toMatchObject({ result: "listed" });
    expect(approve(entries, wanted("203.0.113.10"), RULES, NOW + 30 * DAY)).toMatchObject({ result: "listed" });
  });
});

it("an entry leaves the list when its time is over", () => {
  const entries = listed("203.0.113.9");
  expect([standing(entries, NOW + 30 * DAY - 1).length, standing(entries, NOW + 30 * DAY).length]).toEqual([1, 0]);
});

it("an entry leaves the list when it may be listed no longer", () => {
  const entries = listed("203.0.113.9", "2001:db8:1::5");
  const never = [{ network: "203.0.113.0/24", why: "of the registered party Acme" }];
  expect(standing(entries, NOW, never).map(({ address }) => address)).toEqual(["2001:db8:1::5"]);
  // It makes room, too.
  expect(approve(entries, wanted("203.0.114.1"), { ...RULES, never }, NOW)).toMatchObject({ result: "listed", entries: [{}, {}] });
});

describe("the feeds", () => {
  const feeds = blocklistFeeds(listed("203.0.113.9", "2001:db8:1::5"), NOW + DAY);
  it("list one address a line", () => expect(feeds["blocklist.txt"].split("\n").sort()).toEqual(["", "2001:db8:1::5", "203.0.113.9"]));
  it("are read again as they were written", () =>
    expect(readBlocklist(feeds["blocklist.json"])).toMatchObject([{ approvedBy: "M. Weber" }, { approvedBy: "M. Weber" }]));
  it("fill two nftables sets, with the time that is left", () => {
    expect(feeds["blocklist.nft"]).toContain("add element inet bordertap blocked4 { 203.0.113.9 timeout 2505600s }\n");
    expect(feeds["blocklist.nft"]).toContain("add element inet bordertap blocked6 { 2001:db8:1::5 timeout 2505600s }\n");
    expect(feeds["blocklist.nft"]).not.toMatch(/rule|drop|reject/);
  });
  it("empty the sets of an empty list", () => expect(blocklistFeeds([], NOW)["blocklist.nft"]).not.toContain("element"));
});

it.each(["", "{}", "[]", '{"entries":[{"address":"x"}]}'])("takes %j for no block list", (text) => {
  expect(readBlocklist(text)).toBeUndefined();
});
