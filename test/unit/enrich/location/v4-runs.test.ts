import { expect, test } from "vitest";
import { type PrefixEntry, prefixTable } from "../../../../src/enrich/location/prefix-table.ts";
import { parsePrefix } from "../../../../src/lib/ip.ts";

/** What the rule says, asked of every prefix: the lower order, then the longer prefix, then the first given. */
function plainly(entries: readonly PrefixEntry[], address: number): number {
  let best: { order: number; length: number; value: number } | undefined;
  for (const { prefix, value, order = 0 } of entries) {
    const { first, last, length } = parsePrefix(prefix)!;
    if (address < first[3] >>> 0 || address > last[3] >>> 0) continue;
    if (best === undefined || order < best.order || (order === best.order && length > best.length)) best = { order, length, value };
  }
  return best?.value ?? 0;
}

test("overlapping IPv4 prefixes of all lengths, orders and sorts: every edge has the value that the rule says", () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return ((state >>> 8) & 0xffff) % below;
  };
  for (let round = 0; round < 400; round += 1) {
    const entries: PrefixEntry[] = Array.from({ length: 1 + random(12) }, (_, n) => {
      const length = random(4) === 0 ? random(33) : random(7);
      const prefix = `${random(16) * 16}.${random(2) * 255}.0.${random(256)}${length === 32 && random(2) === 0 ? "" : `/${length}`}`;
      return { prefix, value: 1 + (n % 5), order: [0, 0, 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY][random(5)] };
    });
    const table = prefixTable(entries);
    const edges = entries.flatMap(({ prefix }) => {
      const { first, last } = parsePrefix(prefix)!;
      return [(first[3] >>> 0) - 1, first[3] >>> 0, last[3] >>> 0, (last[3] >>> 0) + 1];
    });
    for (const edge of [0, 2 ** 32 - 1, ...edges.filter((one) => one >= 0 && one < 2 ** 32)])
      expect([entries, edge, table.find(0, 0, 0xffff, edge | 0)]).toEqual([entries, edge, plainly(entries, edge)]);
  }
});

test.each(["01.2.3.4", "1.2.3.4/33", "1.2.3", "1.2.3.4/", "256.1.1.1", "1..2.3", "1.2.3.4/x", ""])("%j is no prefix", (prefix) => {
  expect(() => prefixTable([{ prefix, value: 1 }])).toThrow(/no prefix/);
});
