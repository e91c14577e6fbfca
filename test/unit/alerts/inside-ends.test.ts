import { describe, expect, it } from "vitest";
import { InsideEnds } from "../../../src/alerts/inside-ends.ts";
import { formatAddress, parseAddress } from "../../../src/lib/ip.ts";

const addressOf = (n: number) => formatAddress(...parseAddress(n % 3 === 0 ? `2001:db8::${n.toString(16)}` : `10.0.${n >> 8}.${n & 255}`)!);

describe("inside ends", () => {
  it.each([
    ["addresses as words and as text are one", ["10.0.0.1", "fd00::1", "::", "10.0.0.1", "::"], ["10.0.0.1", "fd00::1", "::"]],
    ["names stand between them, in order", ["ws1", "10.0.0.1", "ws2", "ws1", "10.0.0.2"], ["ws1", "10.0.0.1", "ws2", "10.0.0.2"]],
    [
      "what only looks like an address is a name",
      ["::ffff:10.0.0.1", "10.0.0.01", "10.0.0.1"],
      ["::ffff:10.0.0.1", "10.0.0.01", "10.0.0.1"],
    ],
    ["nothing", [], []],
  ])("%s", (_, added, kept) => {
    const byText = new InsideEnds();
    const byWords = new InsideEnds();
    for (const text of added) {
      byText.add(text);
      const words = parseAddress(text);
      if (words !== undefined && formatAddress(...words) === text) byWords.addAddress(...words);
      else byWords.add(text);
    }
    expect(byText.toArray()).toEqual(kept);
    expect(byWords.toArray()).toEqual(kept);
    expect(new InsideEnds(kept).toArray()).toEqual(kept);
    expect(byWords.size).toBe(kept.length);
  });

  it("keep the first 256, as a set of texts would", () => {
    const ends = new InsideEnds();
    const texts = new Set<string>();
    let seed = 7;
    for (let n = 0; n < 3000; n += 1) {
      seed = (seed * 48_271) % 0x7fff_ffff;
      const text = seed % 11 === 0 ? `ws${seed % 40}` : addressOf(seed % 500);
      if (texts.size < 256) texts.add(text);
      if (text.startsWith("ws")) ends.add(text);
      else ends.addAddress(...parseAddress(text)!);
    }
    expect(ends.size).toBe(256);
    expect(ends.toArray()).toEqual([...texts]);
  });
});
