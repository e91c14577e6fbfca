import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/lib/clock.ts";
import { printable } from "../../../src/lib/printable.ts";
import { formatMicros } from "../../../src/lib/time.ts";

describe("printable", () => {
  it.each([
    [Buffer.from("PACS 1"), "PACS 1"],
    [Buffer.from("Zürich €"), "Zürich €"],
    [Buffer.from([0x41, 0, 0x0a, 0x7f, 0x42]), "A\\x00\\x0a\\x7fB"],
    [Buffer.from([0xc3]), "\\xc3"],
    [Buffer.from([0xff, 0xfe, 0x41]), "\\xff\\xfeA"],
    [Buffer.from([0xc2, 0x85]), "\\xc2\\x85"],
    [Buffer.from([0xed, 0xa0, 0x80]), "\\xed\\xa0\\x80"],
    [Buffer.from("𝔓"), "𝔓"],
    // What turns text around, or is not seen: U+202E, U+200B, U+2028, U+E0041.
    [Buffer.from("a\u202egpj.exe"), "a\\xe2\\x80\\xaegpj.exe"],
    [Buffer.from("a\u200bb\u2028c"), "a\\xe2\\x80\\x8bb\\xe2\\x80\\xa8c"],
    [Buffer.from("\u{e0041}"), "\\xf3\\xa0\\x81\\x81"],
  ])("%j becomes %j", (bytes, text) => expect(printable(bytes)).toBe(text));

  it("reads at most what it is asked to", () => expect(printable(Buffer.from("abcdef"), 1, 6, 3)).toBe("bcd"));
});

describe("time", () => {
  it("writes microseconds", () => expect(formatMicros(1_767_261_600_123_456)).toBe("2026-01-01T10:00:00.123456Z"));
});

describe("ManualClock", () => {
  it("fires what falls due, in order, and forgets what was cancelled", () => {
    const clock = new ManualClock(1000);
    const seen: string[] = [];
    clock.every(100, () => seen.push(`every ${clock.nowMs()}`));
    clock.after(150, () => seen.push(`after ${clock.nowMs()}`));
    clock.after(160, () => seen.push("never"))();
    clock.advance(250);
    expect(seen).toEqual(["every 1100", "after 1150", "every 1200"]);
    expect(clock.nowMs()).toBe(1250);
  });
});
