import { expect, test } from "vitest";
import { AddressFilter } from "../../../src/enrich/address-filter.ts";
import type { AddressWords } from "../../../src/lib/ip.ts";

const address = (n: number): AddressWords => (n % 2 === 0 ? [0, 0, 0xffff, n * 7919] : [0x20010db8, n, 0, 1]);

test("what was added is never turned away; of the rest most is", () => {
  const filter = new AddressFilter(10_000);
  for (let n = 0; n < 10_000; n += 1) filter.add(address(n));
  let kept = 0;
  let passed = 0;
  for (let n = 0; n < 10_000; n += 1) {
    if (filter.mayHave(address(n))) kept += 1;
    if (filter.mayHave(address(n + 20_000))) passed += 1;
  }
  expect(kept).toBe(10_000);
  expect(passed).toBeLessThan(2000);
});
