import { expect, test } from "vitest";
import { nationalIdBe } from "../../../../src/dissect/classing/national-id-be.ts";
import { nationalIdDe } from "../../../../src/dissect/classing/national-id-de.ts";
import { nationalIdFr } from "../../../../src/dissect/classing/national-id-fr.ts";
import { nationalIdLu } from "../../../../src/dissect/classing/national-id-lu.ts";

const check = (label: { check(characters: Uint8Array): boolean | undefined }, text: string) => label.check(Buffer.from(text, "latin1"));

/** Numbers that public documentation of the schemes uses as examples, and some made by the rule. */
test.each([
  ["lu", nationalIdLu, "1893120105732"],
  ["fr", nationalIdFr, "255081416802538"],
  ["fr, Corsica 2A", nationalIdFr, "180032A00401289"],
  ["de", nationalIdDe, "A123456780"],
  ["de", nationalIdDe, "X110411675"],
  ["de", nationalIdDe, "A000500015"],
  ["be, before 2000", nationalIdBe, "85073003328"],
  ["be, from 2000", nationalIdBe, "17073003384"],
])("%s: a right number, and every one that differs in one digit", (_country, label, text) => {
  expect(check(label, text)).toBe(true);
  expect(text).toHaveLength(label.length);
  let passed = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] < "0" || text[at] > "9") continue;
    for (let digit = 0; digit < 10; digit += 1) {
      const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
      if (changed !== text && check(label, changed) === true) passed += 1;
    }
  }
  // Belgium has two keys for every number: one of the two centuries may fit by chance.
  expect(passed).toBeLessThanOrEqual(label === nationalIdBe ? 2 : 0);
});

test.each([
  ["lu: a month that is none", nationalIdLu, "1893130105732"],
  ["lu: a day that is none", nationalIdLu, "1893023005732"],
  ["lu: a year too early", nationalIdLu, "1793120105732"],
  ["lu: a letter in it", nationalIdLu, "189312010573A"],
  ["fr: a sex that is none", nationalIdFr, "555081416802538"],
  ["fr: a month that is none", nationalIdFr, "255131416802538"],
  ["fr: a key that is none", nationalIdFr, "255081416802598"],
  ["fr: a department with another letter", nationalIdFr, "180032C00401289"],
  ["de: a small letter", nationalIdDe, "a123456780"],
  ["de: no letter", nationalIdDe, "1123456780"],
  ["be: a day that is none", nationalIdBe, "85073203328"],
  ["be: an order that is none", nationalIdBe, "85073000028"],
])("not even the form: %s", (_why, label, text) => {
  expect(check(label, text)).toBeUndefined();
});

test("the share of random digits that pass is what the check digits promise", () => {
  let seed = 7;
  const digit = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) % 10;
  };
  const shares = [nationalIdLu, nationalIdFr, nationalIdDe, nationalIdBe].map((label) => {
    let right = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const text = Array.from({ length: label.length }, digit).join("");
      if (check(label, label === nationalIdDe ? `K${text.slice(1)}` : text) === true) right += 1;
    }
    return right / 10_000;
  });
  expect(shares[0]).toBeLessThan(0.0002);
  expect(shares[1]).toBeLessThan(0.01);
  expect(shares[2]).toBeLessThan(0.12);
  expect(shares[3]).toBeLessThan(0.003);
});
