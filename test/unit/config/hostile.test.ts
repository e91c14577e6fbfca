import fc from "fast-check";
import IPCIDR from "ip-cidr";
import { describe, expect, test } from "vitest";
import { configSample } from "../../../src/config/sample.ts";
import { configSchema } from "../../../src/config/schema.ts";
import { network } from "../../../src/config/values.ts";
import { problemsOf } from "./load-text.ts";

const LINE = /^c\.yaml:\d+:\d+( \S.*)?: [^\n]+$/;

function expectAnswer(text: string): void {
  for (const line of problemsOf(text)) expect(line).toMatch(LINE);
}

describe("no text makes anything but problems", () => {
  test("arbitrary text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), expectAnswer), { numRuns: 500 });
  });

  test("pieces of YAML", () => {
    const pieces = [
      "a: ",
      "- ",
      "\n",
      "  ",
      "\t",
      "[",
      "]",
      "{",
      "}",
      "&a ",
      "*a",
      "!!int ",
      "!x ",
      '"',
      "'",
      "? ",
      "|\n",
      "---\n",
      "%YAML 1.1\n",
      "<<: ",
      "~",
      "zones:\n",
      "NO",
      "__proto__: ",
      "0x1",
      "#",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (list) => expectAnswer(list.join(""))),
      { numRuns: 1000 },
    );
  });

  test("any value in any section", () => {
    const sections = Object.keys(configSchema.shape);
    fc.assert(
      fc.property(fc.constantFrom(...sections), fc.json(), (section, json) => expectAnswer(`${section}: ${json}\n`)),
      { numRuns: 500 },
    );
  });

  test("the sample, cut and changed", () => {
    const sample = configSample();
    const at = fc.integer({ min: 0, max: sample.length - 1 });
    fc.assert(
      fc.property(at, fc.integer({ min: 0, max: 20 }), fc.string({ maxLength: 4 }), (start, length, text) =>
        expectAnswer(sample.slice(0, start) + text + sample.slice(start + length)),
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    ["deep nesting", "[".repeat(20_000)],
    ["deep nesting, closed", `inside: ${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    [
      "growing aliases",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((c, n) => `${c}: &${c} [${`*${"abcdefgh"[n]},`.repeat(9)}]`).join("\n")}\n`,
    ],
    ["a list that holds itself", "inside: &a [*a]\n"],
    ["a zone that holds itself", "zones: &a\n  - *a\n"],
    ["keys of the language", "__proto__: {a: 1}\nconstructor: 5\ntoString: 6\ninside: [10.0.0.0/8]\n"],
    ["collections as keys", "{a: 1}: 2\n[x]: 3\n"],
    ["one long line", `site: {name: ${"x".repeat(100_000)}}\n`],
  ])("%s", (_, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expectAnswer(text);
  });
});

test("networks are those that another library takes, less host bits", () => {
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 40 })).map(([ip, length]) => `${ip}/${length}`);
  const v6 = fc
    .tuple(
      // An embedded dotted quad reads as IPv4 in the other library.
      fc.ipV6().filter((ip) => !ip.includes(".")),
      fc.integer({ min: 0, max: 140 }),
    )
    .map(([ip, length]) => `${ip}/${length}`);
  fc.assert(
    fc.property(fc.oneof(v4, v6), (text) => {
      const result = network().safeParse(text);
      const isKnown = IPCIDR.isValidCIDR(text);
      if (!isKnown) expect(result.success).toBe(false);
      else {
        const masked = result.success ? text : /did you mean (\S+)\?/.exec(JSON.stringify(result.error.issues))?.[1];
        expect(masked).toBeDefined();
        expect(network().safeParse(masked).success).toBe(true);
        expect(new IPCIDR(masked ?? "").toRange()).toEqual(new IPCIDR(text).toRange());
      }
    }),
  );
});
