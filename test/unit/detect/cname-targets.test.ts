import { expect, test } from "vitest";
import { CnameTargets } from "../../../src/detect/cname-targets.ts";
import { parseAddress } from "../../../src/lib/ip.ts";
import { judgedFlow } from "./judged.ts";

const words = (...texts: string[]) => texts.flatMap((text) => [...parseAddress(text)!]);
const learn = (targets: CnameTargets, name: string, addresses: number[], ...aliases: string[]) =>
  targets.learn({ name, addresses, aliases, ttlSeconds: 60, atMicros: 0 });
const to = (outside: string) => judgedFlow({ outside });
function watching(limit?: number): CnameTargets {
  const targets = new CnameTargets(limit);
  targets.watch("acme.eu");
  return targets;
}
const A = "203.0.113.1";
const B = "203.0.113.2";

test("the end of the chain, or the name itself, by the answer that told the address", () => {
  const targets = watching();
  learn(targets, "n.acme.eu", words(A, B), "x.cdn.net", "y.cdn.net");
  expect([targets.endOf("n.acme.eu", to(A)), targets.endOf("n.acme.eu", to(B))]).toEqual(["y.cdn.net", "y.cdn.net"]);
  expect(targets.endOf("n.acme.eu", to("203.0.113.3"))).toBeUndefined();
  learn(targets, "acme.eu", words("2001:db8::1"));
  expect(targets.endOf("acme.eu", to("2001:db8::1"))).toBe("acme.eu");
  learn(targets, "n.acme.eu", words(B), "z.other.net");
  expect([targets.endOf("n.acme.eu", to(A)), targets.endOf("n.acme.eu", to(B))]).toEqual(["y.cdn.net", "z.other.net"]);
});

test.each(["n.other.eu", "notacme.eu", "eu", ""])("a name that nobody watches is not kept: %j", (name) => {
  const targets = watching();
  learn(targets, name, words(A), "x.cdn.net");
  expect(targets.endOf(name, to(A))).toBeUndefined();
});

test("an answer without an address says nothing", () => {
  const targets = watching();
  learn(targets, "n.acme.eu", [], "x.cdn.net");
  expect(targets.endOf("n.acme.eu", to(A))).toBeUndefined();
});

test("names and ends are bounded, and what goes is counted", () => {
  const targets = watching(3);
  for (let n = 0; n < 5; n += 1) learn(targets, `n${n}.acme.eu`, words(A));
  expect([0, 1, 2, 3, 4].map((n) => targets.endOf(`n${n}.acme.eu`, to(A)) !== undefined)).toEqual([false, false, true, true, true]);
  expect(targets.forgotten).toBe(2);
  for (let n = 0; n < 6; n += 1) learn(targets, "n4.acme.eu", words(`203.0.113.${n + 10}`), `e${n}.net`);
  expect(targets.endOf("n4.acme.eu", to("203.0.113.10"))).toBeUndefined();
  expect(targets.endOf("n4.acme.eu", to("203.0.113.15"))).toBe("e5.net");
});
