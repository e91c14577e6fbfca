import { parseAddress } from "../../../../src/lib/ip.ts";
import { judgedFlow as flow, party, place, type Spec, T0 } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const acme = party("Acme");
const listed = party("Acme", { asns: [64_502] });
const updates = party("Updates", { role: "provider" });
const FI = { place: place(["FI"], { asn: 64_502 }), verdict: "inside-list", party: acme } as const;
const from = (spec: Spec, count: number, later = 0) =>
  Array.from({ length: count }, (_, n) => ({ flow: flow({ ...spec, id: n + 2, start: later + 60 + n }) }));
const named = party("Acme", { domains: ["acme.eu"] });
const visit = { ...DE, party: named, name: "n1.acme.eu" };
const asked = (name: string, address: string, ...aliases: string[]) =>
  flow({
    direction: "internal",
    outside: "10.0.0.53",
    party: undefined,
    facts: {
      protocols: ["dns"],
      dns: { questions: [] },
      resolved: [{ name, addresses: [...parseAddress(address)!], aliases, ttlSeconds: 60, atMicros: T0 }],
    },
  });

export const scenarios: Scenario[] = [
  { tells: "nine flows", steps: [{ flow: flow({ ...DE, party: acme }) }, ...from(FI, 9)], alerts: [] },
  { tells: "the first network of a party is the base line", steps: from(FI, 30), alerts: [] },
  {
    tells: "a network that the register lists",
    steps: [{ flow: flow({ ...DE, party: listed }) }, ...from({ ...FI, party: listed }, 12)],
    alerts: [],
  },
  { tells: "a known provider", steps: [{ flow: flow({ ...DE, party: updates }) }, ...from({ ...FI, party: updates }, 12)], alerts: [] },
  {
    tells: "names of its own that lead to several places on its first day",
    steps: [
      { flow: flow(visit) },
      { flow: asked("n1.acme.eu", "203.0.113.9", "x.first-host.com") },
      { flow: flow({ ...visit, id: 98 }) },
      { flow: asked("n2.acme.eu", "203.0.113.10", "y.other-host.com") },
      ...from({ ...visit, name: "n2.acme.eu", outside: "203.0.113.10" }, 12),
      { flow: flow({ ...visit, name: "n2.acme.eu", outside: "203.0.113.10", id: 99, start: 200_000 }) },
    ],
    alerts: [],
  },
  {
    tells: "a name that is not the party's leads elsewhere",
    steps: [
      { flow: flow(visit) },
      { flow: asked("n1.acme.eu", "203.0.113.9") },
      { flow: flow({ ...visit, id: 98 }) },
      { flow: asked("n1.other.eu", "203.0.113.10", "y.other-host.com") },
      ...from({ ...visit, name: "n1.other.eu", outside: "203.0.113.10" }, 12, 86_400),
    ],
    alerts: [],
  },
];
