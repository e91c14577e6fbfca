import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedMap } from "../../../src/lib/bounded-map.ts";

describe("a bounded map", () => {
  it("lets the entry go that stands longest, and says so", () => {
    const gone: string[] = [];
    const map = new BoundedMap<string, number>(2, (key, value) => gone.push(`${key}=${value}`));
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    map.set("c", 4);
    expect([...map]).toEqual([
      ["b", 2],
      ["c", 4],
    ]);
    expect(gone).toEqual(["a=3"]);
    expect(map.forgotten).toBe(1);
  });

  it("does what a plain map with the oldest deleted does, whatever is set, deleted and cleared", () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant("set" as const), fc.nat(12)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("delete" as const), fc.nat(12)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("clear" as const), fc.constant(0)) },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (acts, limit) => {
        const map = new BoundedMap<number, number>(limit);
        const plain = new Map<number, number>();
        for (const [n, [what, key]] of acts.entries()) {
          if (what === "set") {
            if (plain.size >= limit && !plain.has(key)) plain.delete(plain.keys().next().value as number);
            plain.set(key, n);
            map.set(key, n);
          } else if (what === "delete") expect(map.delete(key)).toBe(plain.delete(key));
          else {
            plain.clear();
            map.clear();
          }
          expect([...map]).toEqual([...plain]);
        }
      }),
    );
  });
});
