import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareAddresses, formatAddress, parseAddress, parsePrefix } from "../../../src/lib/ip.ts";

describe("addresses", () => {
  it.each([
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:8.8.8.8", "8.8.8.8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("%s is written %s (RFC 5952; v4-mapped is IPv4)", (text, canonical) => {
    const words = parseAddress(text);
    expect(words && formatAddress(...words)).toBe(canonical);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    ":::",
    "1::2::3",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7",
    "::1%eth0",
    "[::1]",
    "1:2:3:4:5:6:7:8::",
  ])("%j is no address", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()), (words) => {
        expect(parseAddress(formatAddress(...words))).toEqual(words.map((w) => w | 0));
      }),
    );
  });

  it("orders as unsigned numbers", () => {
    expect(compareAddresses(parseAddress("1.1.1.1")!, parseAddress("200.1.1.1")!)).toBeLessThan(0);
    expect(compareAddresses(parseAddress("ff::")!, parseAddress("1.1.1.1")!)).toBeGreaterThan(0);
  });
});

describe("prefixes", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0", "10.255.255.255", false],
    ["10.0.0.1/8", "10.0.0.0", "10.255.255.255", true],
    ["0.0.0.0/0", "0.0.0.0", "255.255.255.255", false],
    ["192.0.2.7", "192.0.2.7", "192.0.2.7", false],
    ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false],
    ["2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", false],
  ])("%s runs from %s to %s", (text, first, last, hasHostBits) => {
    const prefix = parsePrefix(text)!;
    expect([formatAddress(...prefix.first), formatAddress(...prefix.last), prefix.hasHostBits]).toEqual([first, last, hasHostBits]);
  });

  it.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "x/8", "::/129", "10.0.0.0/-1"])("%j is no prefix", (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });
});
