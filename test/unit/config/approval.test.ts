import { expect, test } from "vitest";
import { approvalOf, approvalPath } from "../../../src/config/approval.ts";
import { loadText } from "./load-text.ts";

const loaded = loadText("jurisdiction: lu\n");
const { revision } = loaded;

test.each<[string, string | undefined, object]>([
  ["by a second person", `revision: ${revision}\nauthor: Ann\napprovedBy: Bob\n`, { author: "Ann", approvedBy: "Bob" }],
  ["none", undefined, { refused: expect.stringMatching(/^there is no .*c\.yaml\.approval$/) }],
  [
    "of another revision",
    "revision: 000000000000\nauthor: Ann\napprovedBy: Bob\n",
    { refused: expect.stringContaining("approves revision 000000000000") },
  ],
  [
    "by the author",
    `revision: ${revision}\nauthor: Ann\napprovedBy: ann\n`,
    { refused: expect.stringContaining("cannot approve their own change") },
  ],
  [
    "without a name",
    `revision: ${revision}\nauthor: Ann\napprovedBy: ""\n`,
    { refused: expect.stringContaining("must have revision, author and approvedBy") },
  ],
  ["no YAML", "revision: [\n", { refused: expect.stringContaining("c.yaml.approval") }],
  ["nothing", "", { refused: expect.stringContaining("must have") }],
])("an approval %s", (_, text, expected) => {
  const read = () => {
    if (text === undefined) throw Object.assign(new Error("no"), { code: "ENOENT" });
    return text;
  };
  expect(approvalOf(loaded, read)).toEqual(expected);
});

test("a revision that looks like a number stays text", () => {
  const numeric = { ...loaded, revision: "012345678901" };
  expect(approvalOf(numeric, () => "revision: 012345678901\nauthor: Ann\napprovedBy: Bob\n")).toMatchObject({ approvedBy: "Bob" });
});

test("it stands beside the configuration, or where that says", () => {
  expect(approvalPath(loaded)).toMatch(/\/c\.yaml\.approval$/);
  expect(approvalPath(loadText("policy: {approvalFile: /etc/approvals/a.yaml}\n"))).toBe("/etc/approvals/a.yaml");
});
