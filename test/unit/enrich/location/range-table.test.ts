import fc from "fast-check";
import { expect, test } from "vitest";
import { prefixTable } from "../../../../src/enrich/location/prefix-table.ts";
import { RangeArraysBuilder, RangeTable } from "../../../../src/enrich/location/range-table.ts";
import { type AddressWords, compareAddresses, formatAddress, parseAddress, parsePrefix } from "../../../../src/lib/ip.ts";

const find = (table: RangeTable, text: string) => table.find(...(parseAddress(text) as AddressWords));

test.each([
  ["0.0.0.0", 0],
  ["9.255.255.255", 0],
  ["10.0.0.0", 1],
  ["10.1.0.0", 2],
  ["10.1.1.255", 3],
  ["10.1.2.0", 2],
  ["10.2.0.0", 1],
  ["11.0.0.0", 0],
  ["127.255.255.255", 0],
  ["128.0.0.0", 5],
  ["255.255.255.255", 5],
  ["::", 6],
  ["1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6],
  ["2001:db8::1", 8],
  ["2001:db9::", 7],
  ["4000::", 6],
  ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6],
])("the most specific prefix holds %s", (text, value) => {
  const table = prefixTable([
    { prefix: "::/0", value: 6 },
    { prefix: "10.0.0.0/8", value: 1 },
    { prefix: "10.1.1.0/24", value: 3 },
    { prefix: "10.1.0.0/16", value: 2 },
    { prefix: "128.0.0.0/1", value: 5 },
    { prefix: "2000::/3", value: 7 },
    { prefix: "2001:db8::/32", value: 8 },
  ]);
  expect(find(table, text)).toBe(value);
});

test("a lower order beats a longer prefix, and the first of equals wins", () => {
  const table = prefixTable([
    { prefix: "10.0.0.0/8", value: 1, order: 1 },
    { prefix: "10.1.0.0/16", value: 2, order: 2 },
    { prefix: "10.2.0.0/16", value: 3, order: 0 },
    { prefix: "10.2.0.0/16", value: 4, order: 0 },
  ]);
  expect(["10.1.2.3", "10.2.2.3", "10.3.0.0"].map((a) => find(table, a))).toEqual([1, 3, 1]);
});

test("an empty table says nothing of any address", () => {
  const table = prefixTable([]);
  expect(["0.0.0.0", "8.8.8.8", "::", "ffff::"].map((a) => find(table, a))).toEqual([0, 0, 0, 0]);
});

const prefixText = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 })).map(([word, length]) => {
    const mask = length === 0 ? 0 : (-1 << (32 - length)) | 0;
    return `${formatAddress(0, 0, 0xffff, word & mask)}/${length}`;
  }),
  // Close together, so that they nest.
  fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 20, max: 64 })).map(([low, length]) => {
    const range = parsePrefix(`2001:db8:${(low << 12).toString(16)}:${(low << 12).toString(16)}::/${length}`)!;
    return `${formatAddress(...range.first)}/${length}`;
  }),
);

test("property: as a search through all prefixes, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(prefixText, fc.integer({ min: 0, max: 3 })), { maxLength: 150 }), (given) => {
      const entries = given.map(([prefix, order], n) => ({ prefix, order, value: n + 1 }));
      const table = prefixTable(entries);
      const parsed = entries.map((entry) => ({ ...entry, ...parsePrefix(entry.prefix)!, bits: parsePrefix(entry.prefix)!.length }));
      const probes = parsed.flatMap(({ first, last }) => [first, last, next(last)]);
      for (const probe of probes) {
        const held = parsed
          .filter(({ prefix, first, last }) => {
            const isSameFamily = prefix.includes(":") === !isV4(probe);
            return isSameFamily && compareAddresses(first, probe) <= 0 && compareAddresses(probe, last) <= 0;
          })
          .sort((a, b) => a.order - b.order || b.bits - a.bits || a.value - b.value);
        expect(table.find(...probe)).toBe(held[0]?.value ?? 0);
      }
    }),
    { numRuns: 150 },
  );
});

test("property: as a search through all networks of a register: many, and most of the address space in none", () => {
  const network = fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0, 0xffff, 0x8000), fc.integer({ min: 9, max: 32 }))
    .map(([high, low, length]) => {
      // Two in three close together, so that they nest and touch; some where the sign of a word turns, and at both ends.
      const near = high % 3 === 0 ? high : [0, 0x7fff, 0x8000, 0xffff][high % 4] ^ (high % 5);
      const word = ((near << 16) | low) & (-1 << (32 - length));
      return {
        prefix: `${formatAddress(0, 0, 0xffff, word)}/${length}`,
        first: word >>> 0,
        last: (word >>> 0) + 2 ** (32 - length) - 1,
        length,
      };
    });
  fc.assert(
    fc.property(fc.array(network, { minLength: 100, maxLength: 300 }), (networks) => {
      const table = prefixTable(networks.map(({ prefix }, n) => ({ prefix, value: n + 1 })));
      const edges = networks.flatMap(({ first, last }) => [first - 1, first, last, last + 1, first - 0x10000, last + 0x10000]);
      for (const edge of edges.filter((one) => one >= 0 && one < 2 ** 32)) {
        let best = -1;
        for (const [n, { first, last, length }] of networks.entries())
          if (edge >= first && edge <= last && (best < 0 || length > networks[best].length)) best = n;
        if (table.find(0, 0, 0xffff, edge | 0) !== best + 1) expect.fail(`${edge}: ${table.find(0, 0, 0xffff, edge | 0)} for ${best + 1}`);
      }
    }),
    { numRuns: 60 },
  );
});

test("property: as a search through sorted ranges, with the fine index too", () => {
  const builder = new RangeArraysBuilder();
  const ranges: { first: AddressWords; last: AddressWords; value: number }[] = [];
  for (let n = 0; n < 10_000; n += 1) {
    const first: AddressWords = [0x2000_0000 + n * 20_011, (n * 7919) | 0, 0, n];
    const last: AddressWords = [first[0] + (n % 3 === 0 ? 20_010 : 5), -1, -1, -1];
    ranges.push({ first, last, value: 1 + (n % 50) });
  }
  for (const { first, last, value } of ranges) builder.add(first, last, value);
  const table = new RangeTable(builder.build());
  const wrong: string[] = [];
  for (const [n, { first, last, value }] of ranges.entries()) {
    if (table.find(...first) !== value || table.find(...last) !== value) wrong.push(`in range ${n}`);
    const gap = next(last);
    const follower = ranges[n + 1];
    const expected = follower && compareAddresses(follower.first, gap) === 0 ? follower.value : 0;
    if (table.find(...gap) !== expected) wrong.push(`after range ${n}`);
  }
  expect(wrong).toEqual([]);
  expect(table.find(0x1fff_ffff, -1, -1, -1)).toBe(0);
  expect(table.find(-1, -1, -1, -1)).toBe(0);
});

test("ranges out of order are a fault of the caller", () => {
  const builder = new RangeArraysBuilder();
  builder.add([0, 0, 0xffff, 10], [0, 0, 0xffff, 20], 1);
  expect(() => builder.add([0, 0, 0xffff, 20], [0, 0, 0xffff, 21], 2)).toThrow("out of order");
  expect(() => builder.add([0, 0, 0xffff, 30], [1, 0, 0, 0], 2)).toThrow("from IPv4 into IPv6");
});

function isV4(words: AddressWords): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

function next(words: AddressWords): AddressWords {
  const out = [...words] as AddressWords;
  for (let n = 3; n >= 0; n -= 1) {
    out[n] = (out[n] + 1) | 0;
    if (out[n] !== 0) break;
  }
  return out;
}
