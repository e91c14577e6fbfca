import { describe, expect, it } from "vitest";
import { Destinations } from "../../../src/detect/destination.ts";
import { FirstSeen } from "../../../src/detect/first-seen.ts";
import { FlowLedger } from "../../../src/detect/flow-ledger.ts";
import { HourlySums } from "../../../src/detect/hourly-sums.ts";
import { Threads } from "../../../src/detect/thread.ts";
import { IMAGING, judgedFlow, OFFICE, party, place, T0 } from "./judged.ts";

const HOUR = 3600e6;

describe("hourly sums", () => {
  it.each([
    {
      tells: "within the hour",
      adds: [
        [0, 1],
        [1800e6, 2],
        [3500e6, 4],
      ],
      sum: 7,
    },
    {
      tells: "an hour later the first is gone",
      adds: [
        [0, 1],
        [HOUR, 2],
      ],
      sum: 2,
    },
    {
      tells: "a long silence forgets all",
      adds: [
        [0, 1],
        [10 * HOUR, 2],
      ],
      sum: 2,
    },
    {
      tells: "late values count where they belong",
      adds: [
        [3500e6, 4],
        [600e6, 1],
      ],
      sum: 5,
    },
    {
      tells: "too late ones do not",
      adds: [
        [3 * HOUR, 4],
        [0, 1],
      ],
      sum: 4,
    },
    {
      tells: "times before 1970",
      adds: [
        [-600e6, 4],
        [-1, 1],
      ],
      sum: 5,
    },
    {
      tells: "times before 1970, an hour later",
      adds: [
        [-HOUR, 4],
        [-1800e6, 1],
        [0, 2],
      ],
      sum: 3,
    },
  ])("$tells", ({ adds, sum }) => {
    const sums = new HourlySums();
    let last = 0;
    for (const [at, amount] of adds) last = sums.add(sums.of("k", at), at, amount);
    expect(last).toBe(sum);
  });

  it("keeps keys apart, drops the one longest unused, and counts", () => {
    const sums = new HourlySums(2);
    const add = (key: string, at: number) => sums.add(sums.of(key, at), at, 1);
    add("a", 0);
    const b = sums.of("b", 0);
    add("b", 0);
    add("a", 300e6);
    add("c", 300e6);
    expect(sums.size).toBe(2);
    expect(sums.forgotten).toBe(1);
    expect(b.isForgotten).toBe(true);
    expect(add("a", 300e6)).toBe(3);
    expect(sums.of("b", 300e6).total).toBe(0);
  });
});

describe("first seen", () => {
  it("remembers as long as it is told to, and has a cap", () => {
    const seen = new FirstSeen(2);
    const first = seen.of("a", 0, HOUR);
    first.state = "known";
    expect(seen.of("a", HOUR, HOUR)).toBe(first);
    const second = seen.of("a", HOUR + 1, HOUR);
    expect([second.state, first.isForgotten, second.isForgotten]).toEqual(["new", true, false]);
    seen.of("b", 0, HOUR);
    seen.of("c", 0, HOUR);
    expect(seen.size).toBe(2);
    expect(seen.forgotten).toBe(1);
    expect(second.isForgotten).toBe(true);
  });

  it("gives up what nobody used, not what was met first", () => {
    const seen = new FirstSeen(3);
    const used = seen.of("used", 0, HOUR);
    const unused = seen.of("unused", 1, HOUR);
    seen.of("third", 2, HOUR);
    used.lastMicros = 3;
    seen.of("new", 4, HOUR);
    expect([used.isForgotten, unused.isForgotten, seen.forgotten]).toEqual([false, true, 1]);
    for (let n = 0; n < 100; n += 1) {
      used.lastMicros = 5 + n;
      seen.of(`n${n}`, 5 + n, HOUR);
    }
    expect(seen.of("used", 200, HOUR)).toBe(used);
  });

  it("writes down those used last", () => {
    const seen = new FirstSeen();
    const first = seen.of("first", 0, HOUR);
    for (let n = 0; n < 20_000; n += 1) seen.of(`n${n}`, n, HOUR);
    first.lastMicros = 30_000;
    first.state = "known";
    const after = new FirstSeen();
    after.load(JSON.parse(JSON.stringify(seen.save())));
    expect([after.size, after.of("first", 30_001, HOUR).state, after.of("n0", 30_001, HOUR).firstMicros]).toEqual([
      16_384,
      "known",
      30_001,
    ]);
  });
});

describe("flow ledger", () => {
  const share = (ledger: FlowLedger, spec: Parameters<typeof judgedFlow>[0]) => {
    ledger.share(judgedFlow(spec));
    return [ledger.bytesOut, ledger.bytesIn, ledger.flows];
  };

  it("adds up to the flow, whichever events were reported", () => {
    const ledger = new FlowLedger();
    expect(share(ledger, { kind: "counted", out: 1000, newOut: 200, in: 10, newIn: 5 })).toEqual([1000, 10, 1]);
    expect(share(ledger, { kind: "counted", out: 5000, newOut: 500, in: 30, newIn: 5 })).toEqual([4000, 20, 0]);
    expect(share(ledger, { kind: "closed", out: 5001, newOut: 1, in: 30, newIn: 0 })).toEqual([1, 0, 0]);
    expect(ledger.size).toBe(0);
  });

  it("tells flows of other threads and of another run of the sensor apart", () => {
    const ledger = new FlowLedger();
    share(ledger, { kind: "counted", id: 1, out: 1000 });
    expect(share(ledger, { kind: "counted", id: 1, thread: 1, out: 700 })).toEqual([700, 500, 1]);
    expect(share(ledger, { kind: "counted", id: 1, start: 60, out: 300 })).toEqual([300, 500, 1]);
  });

  it("after a restart counts only what is new of flows that the run before reported", () => {
    const ledger = new FlowLedger(T0 + 10e6);
    expect(share(ledger, { kind: "counted", id: 1, out: 1000, newOut: 50, newIn: 1 })).toEqual([50, 1, 0]);
    expect(share(ledger, { kind: "counted", id: 2, start: 20, out: 1000, newOut: 50, newIn: 1 })).toEqual([1000, 500, 1]);
  });

  it("counts only what is new of a flow that it had to forget", () => {
    const ledger = new FlowLedger(undefined, 2);
    share(ledger, { kind: "counted", id: 1, out: 7_000_000 });
    for (const id of [2, 3]) share(ledger, { kind: "counted", id, start: 1 });
    expect(share(ledger, { kind: "counted", id: 1, out: 7_000_100, newOut: 100, in: 510, newIn: 10 })).toEqual([100, 10, 0]);
    expect(share(ledger, { kind: "counted", id: 1, out: 7_000_300, newOut: 50, in: 510, newIn: 0 })).toEqual([200, 0, 0]);
    expect(share(ledger, { kind: "counted", id: 9, start: 60, out: 900, newOut: 100, newIn: 1 })).toEqual([900, 500, 1]);
  });

  it("has a cap", () => {
    const ledger = new FlowLedger(undefined, 10);
    for (let id = 0; id < 100; id += 1) share(ledger, { kind: "opened", id });
    expect(ledger.size).toBe(10);
    expect(ledger.forgotten).toBe(90);
  });
});

describe("destinations", () => {
  const of = new Destinations();
  it.each([
    ["the party", { party: party("Acme"), name: "x.acme.eu" }, "Acme"],
    ["the registrable domain", { name: "a.b.example.co.uk" }, "example.co.uk"],
    ["a name with underscores", { name: "_dmarc.example.org" }, "example.org"],
    ["a bare suffix is no domain", { name: "co.uk" }, "203.0.113.0/24"],
    ["an address as name", { name: "192.0.2.1" }, "203.0.113.0/24"],
    ["no name", {}, "203.0.113.0/24"],
    ["IPv6", { inside: "fd00::1", outside: "2001:db8:1:2::9" }, "2001:db8:1::/48"],
    ["opened from outside", { direction: "inbound" as const, outside: "198.51.100.77" }, "198.51.100.0/24"],
  ])("%s", (_, spec, key) => {
    expect(of.of(judgedFlow(spec)).text).toBe(key);
    expect(of.of(judgedFlow(spec))).toBe(of.of(judgedFlow(spec)));
  });

  it("keeps a bounded number of names", () => {
    const texts = new Set(Array.from({ length: 20_000 }, (_, n) => of.ofName(`h${n}.example.org`)?.text));
    expect([...texts]).toEqual(["example.org"]);
    expect(of.ofPrefix(judgedFlow()).text).toBe("203.0.113.0/24");
    expect(of.ofAsn(64_500).text).toBe("AS64500");
  });
});

describe("threads", () => {
  const acme = { text: "acme.eu", number: 0 };

  it("are the same for the same zone, destination and country, in whatever order", () => {
    const threads = new Threads();
    const specs = [IMAGING, OFFICE].flatMap((zone) => ["US", "RS", "??"].map((country) => [zone, country] as const));
    const first = specs.map(([zone, country]) => threads.of(zone, acme, country));
    expect(new Set(first).size).toBe(specs.length);
    for (const shift of [1, 4, 2, 5, 3])
      for (const [n] of specs.entries()) {
        const at = (n * shift + shift) % specs.length;
        expect(threads.of(specs[at][0], acme, specs[at][1])).toBe(first[at]);
      }
    expect(first[4].key).toEqual(["office", "acme.eu", "RS"]);
  });

  it("at a place are those of the zone that was there last", () => {
    const threads = new Threads();
    const where = place(["US"], { asn: 7 });
    const thread = threads.of(IMAGING, acme, "US");
    threads.keepAtPlace(thread, where);
    expect(threads.atPlace(IMAGING, where)).toBe(thread);
    expect(threads.atPlace(OFFICE, where)).toBeUndefined();
    expect(threads.atPlace(IMAGING, { ...where, index: 1e9 })).toBeUndefined();
  });

  it("are bounded, by destination and in all", () => {
    const threads = new Threads();
    const first = threads.of(IMAGING, acme, "0");
    for (let n = 0; n < 100; n += 1) threads.of(IMAGING, acme, String(n));
    expect(threads.of(IMAGING, acme, "0")).not.toBe(first);
    const second = threads.of(IMAGING, acme, "US");
    for (let n = 0; n < 40_000; n += 1) threads.of(IMAGING, { text: String(n), number: n }, "US");
    expect(threads.of(IMAGING, acme, "US")).not.toBe(second);
  });
});
