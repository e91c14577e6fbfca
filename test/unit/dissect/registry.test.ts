import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DISSECTORS } from "../../../src/dissect/index.ts";

const folder = new URL("../../../src/dissect/", import.meta.url);
const declared = readdirSync(folder).filter(
  (file) => file.endsWith(".ts") && /= define(Dissector|Family)/.test(readFileSync(new URL(file, folder), "utf8")),
);

test("every dissector is a file of its own and stands in the registry", () => {
  expect(DISSECTORS.map(({ name }) => `${name}.ts`).sort()).toEqual(declared.sort());
});

test("every dissector has golden cases", () => {
  const golden = readdirSync(new URL("../../golden/dissect/", import.meta.url), { recursive: true, encoding: "utf8" });
  const texts = golden
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(new URL(`../../golden/dissect/${file}`, import.meta.url), "utf8"));
  for (const name of DISSECTORS.flatMap(({ name, words = [name] }) => words))
    expect(
      texts.some(
        (text) => text.includes(`protocols: ["${name}"`) || text.includes(`toEqual(["${name}"`) || text.includes(`\n  ["${name}", `),
      ),
      name,
    ).toBe(true);
});

/** Registered identifiers of SCTP payloads that the contract's list does not have. */
const SIGNALLING = ["m2ua", "m3ua", "sua", "m2pa", "s1ap", "x2ap", "ngap", "xnap"];
/** Block storage (RFC 7143), which the list does not have either. */
const STORAGE = ["iscsi"];

test("words are those of the output contract", () => {
  const contract = new URL("../../../../shared/corpus/CONTRACT.md", import.meta.url);
  if (!existsSync(contract)) {
    console.warn("LEFT OUT: ../shared/corpus is missing, dissectors' words are not compared with the contract");
    return;
  }
  const words = readFileSync(contract, "utf8")
    .split("## 6.")[1]
    .match(/[a-z0-9-]+/g)!
    .concat(SIGNALLING, STORAGE);
  for (const name of DISSECTORS.flatMap((dissector) => dissector.words ?? [dissector.name])) expect(words).toContain(name);
});
