import { expect, test } from "vitest";
import { couldBeText } from "../../../src/dissect/clear-text.ts";
import { createRandom } from "../../fuzz/mutate.mjs";

const isText = (bytes: Buffer) => couldBeText(Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(3)]), 3, 3 + bytes.length);

test.each([
  ["ASCII", Buffer.from("GET\tthe\r\nlist")],
  ["one letter", Buffer.from("a")],
  ["UTF-8 of two, three and four bytes", Buffer.from("Größe 東京 \u{1f3e5} — Пациент")],
  ["a letter of UTF-8 that is cut by the end", Buffer.from("abc 東").subarray(0, 6)],
  ["Latin-1", Buffer.from("Le numéro du médecin à Neuchâtel", "latin1")],
])("text: %s", (_what, bytes) => {
  expect(isText(bytes)).toBe(true);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["a zero", Buffer.from("abcdefgh\0")],
  ["controls", Buffer.from("\x1b\x1babcdefghijklmnop")],
  ["a beginning that is none", Buffer.concat([Buffer.from([0x80, 0x81]), Buffer.from("abcdefghijklmnopqrstuvwxyz")])],
  ["a length before every word", Buffer.from("\x05hello\x05world\x05again")],
  ["half a letter of UTF-8 after another", Buffer.from([0xe6, 0xe6, 0xe6, 0x61])],
])("no text: %s", (_what, bytes) => {
  expect(isText(bytes)).toBe(false);
});

test("of ten thousand encrypted beginnings next to none passes", () => {
  const random = createRandom(11);
  const count = (size: number) =>
    Array.from({ length: 10_000 }, () => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)))).filter(isText).length;
  expect(count(64)).toBe(0);
  expect(count(12)).toBeLessThan(100);
});
