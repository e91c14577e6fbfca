import { describe, expect, test } from "vitest";
import { createJudgedFlow } from "../../../src/enrich/judged-flow.ts";
import { createLocator } from "../../../src/enrich/location/verdict.ts";
import { locationWords } from "../../../src/lib/words.ts";
import type { Place } from "../../../src/model/location.ts";
import type { Authorisation } from "../../../src/model/site.ts";
import { createPolicy } from "../../../src/policy/policy.ts";
import { authorisation, flow, party, site, testPlaces, words, zone } from "../enrich/fixture.ts";

const imaging = zone("imaging");
const guest = zone("guest", { isJudged: false });
const lab = zone("laboratory", { jurisdiction: "lu" });
const acme = party("acme");
const other = party("other");
const places = testPlaces();
const place = (text: string) => places.placeOf(...words(text));
const DE = place("5.1.1.1");
const US = place("6.1.1.1");
const AU = place("20.1.1.1");
const ANYCAST = place("8.8.8.8");
const PRIVATE = place("192.168.1.1");
const day = (text: string) => Date.parse(`${text}Z`) * 1000;
const NOW = day("2026-11-21T12:00:00");

function policyWith(...authorisations: Authorisation[]) {
  const here = site({ zones: [imaging, guest, lab], parties: [acme, other], authorisations });
  return createPolicy({ site: here, revision: "r1", locate: createLocator(here.jurisdictions).locate });
}

const forAcme = authorisation("A-1", { parties: ["acme"], zones: ["imaging"], countries: ["US"] });
const contract = authorisation("A-2", { parties: ["acme"], until: "2099-12-31" });
const byCountry = authorisation("A-3", { countries: ["AU", "US", "CA"] });

describe("truth table", () => {
  test.each([
    ["guest traffic is not judged, wherever it goes", guest, undefined, US, [], "ignored", "zone:guest"],
    ["not even when authorised", guest, acme, US, [contract], "ignored", "zone:guest"],
    ["private space is no place", imaging, undefined, PRIVATE, [], "ignored", "special-purpose:Private-Use"],
    ["a registered party without authorisation there", imaging, acme, PRIVATE, [forAcme], "ignored", "special-purpose:Private-Use"],
    ["a leased line to an authorised party", imaging, acme, PRIVATE, [contract], "authorised", "authorisation:A-2"],
    ["on the list", imaging, undefined, DE, [], "approved", "list:eu-eea"],
    ["on the list, and authorised too: the list comes first", imaging, acme, DE, [contract], "approved", "list:eu-eea"],
    ["the zone's own list counts", lab, undefined, DE, [], "violation", "list:lu"],
    ["outside the list", imaging, undefined, US, [], "violation", "list:eu-eea"],
    ["party, zone and country as authorised", imaging, acme, US, [forAcme], "authorised", "authorisation:A-1"],
    ["another party", imaging, other, US, [forAcme], "violation", "list:eu-eea"],
    ["nobody known", imaging, undefined, US, [forAcme, contract], "violation", "list:eu-eea"],
    ["another zone", lab, acme, US, [forAcme], "violation", "list:lu"],
    ["another country", imaging, acme, AU, [forAcme], "violation", "list:eu-eea"],
    ["a contract that names no country", imaging, acme, AU, [contract], "authorised", "authorisation:A-2"],
    ["the first of several decides", imaging, acme, US, [contract, forAcme], "authorised", "authorisation:A-2"],
    ["a country for anybody", imaging, undefined, AU, [byCountry], "authorised", "authorisation:A-3"],
    ["but never the US by country alone", imaging, undefined, US, [byCountry], "violation", "list:eu-eea"],
    ["not for a known party either", imaging, acme, US, [byCountry], "violation", "list:eu-eea"],
    ["an authorisation of everything allows nothing", imaging, acme, US, [authorisation("A-9")], "violation", "list:eu-eea"],
    ["nowhere certain", imaging, undefined, ANYCAST, [], "undecided", "no-rule"],
    ["nowhere certain: one that names countries does not hold", imaging, acme, ANYCAST, [forAcme, byCountry], "undecided", "no-rule"],
    ["nowhere certain: the contract holds", imaging, acme, ANYCAST, [contract], "authorised", "authorisation:A-2"],
    ["not certain enough", imaging, undefined, place("9.1.1.1"), [], "undecided", "no-rule"],
    ["a pseudo-code is never inside", imaging, undefined, place("7.1.1.1"), [], "undecided", "no-rule"],
  ] as const)("%s", (_title, from, who, where, authorisations, word, rule) => {
    const { judgement } = policyWith(...authorisations).judge(from, who, where, NOW, true);
    expect([judgement.word, judgement.rule]).toEqual([word, rule]);
    expect(judgement.wouldAllow === undefined).toBe(word !== "violation" && word !== "undecided");
    expect(judgement.because).not.toContain("undefined");
  });
});

describe("a party by its own word alone: name, certificate or AE title", () => {
  const german = party("german", { countries: ["DE", "US"] });
  const anywhere = authorisation("A-5", { parties: ["acme", "german"], until: "2099-12-31" });
  const endless = authorisation("A-6", { parties: ["acme", "german"] });
  const inUs = authorisation("A-7", { parties: ["acme"], countries: ["US"], until: "2099-12-31" });
  test.each([
    ["within the contracted countries", german, US, [anywhere], false, "authorised", "authorisation:A-5"],
    ["outside of them", german, AU, [anywhere], false, "violation", "list:eu-eea"],
    ["outside of them, in its own network", german, AU, [anywhere], true, "authorised", "authorisation:A-5"],
    ["nowhere certain", german, ANYCAST, [anywhere], false, "undecided", "unproven:A-5"],
    ["nowhere certain, in its own network", german, ANYCAST, [anywhere], true, "authorised", "authorisation:A-5"],
    ["no countries anywhere", acme, AU, [anywhere], false, "undecided", "unproven:A-5"],
    ["no countries anywhere, in its own network", acme, AU, [anywhere], true, "authorised", "authorisation:A-5"],
    ["a country that the authorisation names", acme, US, [inUs], false, "authorised", "authorisation:A-7"],
    ["the first that covers it comes before one that would", acme, US, [anywhere, inUs], false, "authorised", "authorisation:A-7"],
    ["the US without an end", german, US, [endless], true, "violation", "list:eu-eea"],
    ["the US without an end, by its own word", acme, US, [endless], false, "violation", "list:eu-eea"],
    ["on the list", acme, DE, [anywhere], false, "approved", "list:eu-eea"],
    ["private space", acme, PRIVATE, [anywhere], false, "ignored", "special-purpose:Private-Use"],
  ] as const)("%s", (_title, who, where, authorisations, isProven, word, rule) => {
    const here = site({ zones: [imaging], parties: [acme, german], authorisations: [...authorisations] });
    const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
    // Whatever was asked before: what holds for a proven party must not serve one that is not.
    policy.judge(imaging, who, where, NOW, !isProven);
    const { judgement } = policy.judge(imaging, who, where, NOW, isProven);
    expect([judgement.word, judgement.rule]).toEqual([word, rule]);
  });
});

test("contradicted places are undecided unless a contract holds", () => {
  const where: Place = { ...DE, index: 5000, countries: ["DE", "US"] };
  expect(policyWith().judge(imaging, acme, where, NOW).judgement).toMatchObject({
    word: "undecided",
    because: expect.stringContaining("contradict"),
  });
  expect(policyWith(forAcme).judge(imaging, acme, where, NOW).judgement.word).toBe("undecided");
  expect(policyWith(contract).judge(imaging, acme, where, NOW, true).judgement.word).toBe("authorised");
});

test.each([
  ["2026-01-31T23:59:59.999999", "violation"],
  ["2026-02-01T00:00:00", "authorised"],
  ["2026-05-31T23:59:59.999", "authorised"],
  ["2026-06-01T00:00:00", "violation"],
])("validity is inclusive, in UTC, by packet time: %s", (at, word) => {
  const dated = { ...forAcme, from: "2026-02-01", until: "2026-05-31" };
  const policy = policyWith(dated);
  expect(policy.judge(imaging, acme, US, day(at)).judgement.word).toBe(word);
});

test("time may go back and forth over a date: each flow is judged by its own time, and by the same objects", () => {
  const policy = policyWith({ ...forAcme, until: "2026-05-31" }, { ...contract, id: "A-7", from: "2026-07-01" });
  const times = ["2026-05-01", "2026-06-15", "2026-07-02", "2026-05-02", "2026-07-03", "2026-06-16"];
  const judged = times.map((at) => policy.judge(imaging, acme, US, day(`${at}T00:00:00`), true).judgement);
  expect(judged.map((j) => j.rule)).toEqual([
    "authorisation:A-1",
    "list:eu-eea",
    "authorisation:A-7",
    "authorisation:A-1",
    "authorisation:A-7",
    "list:eu-eea",
  ]);
  expect(judged[0]).toBe(judged[3]);
  expect(judged[1]).toBe(judged[5]);
});

test("the words: why, and what would have allowed it", () => {
  const policy = policyWith({ ...forAcme, until: "2026-05-31" });
  expect(policy.judge(imaging, acme, US, NOW).judgement).toEqual({
    word: "violation",
    rule: "list:eu-eea",
    because: "the US is not on the list eu-eea, and authorisation A-1 ended on 2026-05-31",
    wouldAllow:
      "the authorisation made valid for that time, if the transfer is still wanted; or an authorisation for acme from zone imaging in US, with a purpose and a legal basis (GDPR 44–49)",
    lapsed: ["A-1"],
  });
  expect(policy.judge(imaging, undefined, ANYCAST, NOW).judgement).toEqual({
    word: "undecided",
    rule: "no-rule",
    because: "nobody knows where it is, and no authorisation covers it",
    wouldAllow: "its operator registered as a party, and an authorisation from zone imaging, with a purpose and a legal basis (GDPR 44–49)",
  });
  const located = (where: Place, from = imaging) => locationWords(policy.judge(from, undefined, where, NOW).location);
  expect(located(US)).toBe("the US, outside the list eu-eea, confidence 85 (test-db 2026-01-01)");
  expect(located(DE)).toBe("DE, inside the list eu-eea, confidence 85 (test-db 2026-01-01)");
  expect(located(PRIVATE)).toBe("Private-Use (RFC 1918) address, no place on the Internet");
  expect(located(ANYCAST)).toMatch(/^no known country, not placed by the list eu-eea, confidence 0 \(anycast .*Google Public DNS/);
});

describe("which authorisations would have allowed it, had they not ended", () => {
  const ended = { until: "2026-05-31" };
  const german = party("german", { countries: ["DE"] });
  test.each([
    ["one for the party, wherever it is", contract, acme, AU, true, ["A-2"]],
    ["the same, nowhere certain", contract, acme, ANYCAST, true, ["A-2"]],
    ["the same, for who merely says that it is the party", contract, german, AU, false, undefined],
    ["another party", contract, other, AU, true, undefined],
    ["another country", forAcme, acme, AU, true, undefined],
    ["a country alone, which never does for the US", byCountry, undefined, US, false, undefined],
    ["a country alone", byCountry, undefined, AU, false, ["A-3"]],
    ["other data than the zone's", { ...contract, data: ["billing" as const] }, acme, AU, true, undefined],
  ])("%s", (_, entry, who, where, isProven, expected) => {
    const here = site({ zones: [imaging], parties: [acme, other, german], authorisations: [{ ...entry, ...ended }] });
    const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
    expect(policy.judge(imaging, who, where, NOW, isProven).judgement.lapsed).toEqual(expected);
  });

  test("none that is valid, not there yet, or for other hours", () => {
    const policy = policyWith(
      { ...forAcme, from: "2027-01-01" },
      { ...forAcme, id: "A-8", hours: { days: [1], fromMinute: 0, untilMinute: 60 } },
    );
    expect(policy.judge(imaging, acme, US, NOW).judgement.lapsed).toBeUndefined();
    expect(policyWith({ ...forAcme, ...ended }, contract).judge(imaging, acme, US, NOW, true).judgement.word).toBe("authorised");
  });
});

test("decisions are found again, and interned", () => {
  const policy = policyWith();
  const { location, judgement } = { ...policy.judge(imaging, undefined, US, NOW) };
  for (let n = 0; n < 100; n += 1) policy.judge(imaging, undefined, US, NOW + n);
  expect(policy.decisions()).toBe(1);
  expect(policy.judge(imaging, undefined, US, NOW)).toEqual({ location, judgement });
  expect(policy.revision).toBe("r1");
});

test("flows inside, and flows between others", () => {
  const policy = policyWith();
  const judged = createJudgedFlow();
  judged.direction = "internal";
  policy.judgeFlow(judged);
  expect([judged.location, judged.judgement.word, judged.judgement.rule]).toEqual([undefined, "ignored", "internal"]);
  judged.direction = "transit";
  judged.place = US;
  policy.judgeFlow(judged);
  expect([judged.location?.verdict, judged.judgement.word, judged.judgement.rule]).toEqual(["outside-list", "undecided", "transit"]);
  judged.direction = "outbound";
  judged.zone = imaging;
  judged.flow = flow("10.0.0.1", "6.1.1.1");
  policy.judgeFlow(judged);
  expect([judged.location?.verdict, judged.judgement.word]).toEqual(["outside-list", "violation"]);
});

test("a party of another site is a fault of the caller", () => {
  expect(() => policyWith().judge(imaging, party("stranger"), US, NOW)).toThrow("not of this site");
});

describe("hours of the site's own clock", () => {
  const office = { days: [1, 2, 3, 4, 5], fromMinute: 7 * 60, untilMinute: 19 * 60 };
  const night = { days: [5], fromMinute: 22 * 60, untilMinute: 6 * 60 };
  const sunday = { days: [7], fromMinute: 60, untilMinute: 4 * 60 };
  test.each([
    ["a Friday morning in winter, UTC+1", office, "2026-11-20T06:00:00", "authorised"],
    ["a microsecond earlier", office, "2026-11-20T05:59:59.999", "violation"],
    ["its end is not in it", office, "2026-11-20T18:00:00", "violation"],
    ["the last of it", office, "2026-11-20T17:59:59.999", "authorised"],
    ["the same hour in summer, UTC+2", office, "2026-07-17T05:00:00", "authorised"],
    ["and not an hour later in the evening", office, "2026-07-17T17:00:00", "violation"],
    ["a Saturday", office, "2026-11-21T12:00:00", "violation"],
    ["past midnight", night, "2026-11-21T04:59:00", "authorised"],
    ["of the day that is named", night, "2026-11-20T04:59:00", "violation"],
    ["before clocks go forward, UTC+1", sunday, "2026-03-29T00:00:00", "authorised"],
    ["after they did, 03:00 is 01:00 UTC", sunday, "2026-03-29T01:00:00", "authorised"],
    ["04:00 comes an hour earlier", sunday, "2026-03-29T02:00:00", "violation"],
    ["and an hour later in autumn", sunday, "2026-10-25T02:59:00", "authorised"],
  ])("%s", (_title, hours, at, word) => {
    const policy = policyWith({ ...forAcme, hours });
    // Whatever was asked before: decisions of one stretch of time must not serve another.
    for (const other of ["2026-11-18T12:00:00", "2026-11-22T12:00:00"]) policy.judge(imaging, acme, US, day(other));
    expect(policy.judge(imaging, acme, US, day(at)).judgement.word).toBe(word);
  });

  test("the words", () => {
    const { judgement } = policyWith({ ...forAcme, hours: office }).judge(imaging, acme, US, day("2026-11-21T12:00:00"));
    expect(judgement.because).toBe(
      "the US is not on the list eu-eea, and authorisation A-1 holds Mon–Fri 07:00–19:00 (Europe/Luxembourg) only",
    );
  });

  test("office hours of a year are two states: decisions are not worked out for each day", () => {
    const policy = policyWith({ ...forAcme, hours: office });
    for (let hour = 0; hour < 365 * 24; hour += 1) policy.judge(imaging, acme, US, day("2026-01-01T00:00:00") + hour * 3600e6);
    expect(policy.decisions()).toBe(2);
  });

  test("times that no calendar knows are judged all the same", () => {
    const policy = policyWith({ ...forAcme, hours: office });
    for (const at of [0, -1, 1, 8.64e21, Number.MAX_SAFE_INTEGER]) expect(policy.judge(imaging, acme, US, at).judgement.word).toBeDefined();
  });
});

describe("data classes: all that the zone holds must be covered", () => {
  const both = zone("both", { data: ["imaging", "genomic"] });
  test.each([
    [["imaging"], "violation"],
    [["imaging", "genomic"], "authorised"],
    [["imaging", "genomic", "backup"], "authorised"],
    [[], "authorised"],
  ] as const)("%j", (data, word) => {
    const here = site({ zones: [both], parties: [acme], authorisations: [{ ...contract, data: [...data] }] });
    const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
    expect(policy.judge(both, acme, US, NOW, true).judgement.word).toBe(word);
  });
});
