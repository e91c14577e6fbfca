import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const NOWHERE = place([]);

export const scenarios: Scenario[] = [
  {
    tells: "100 kB to a place nobody can name",
    steps: [{ flow: flow({ place: NOWHERE, out: 100_000 }) }],
    alerts: [{ severity: "medium", says: /in a country that no source can tell, not placed by the list eu-eea/ }],
  },
  {
    tells: "databases that differ in what matters",
    steps: [{ flow: flow({ place: place(["DE", "US"]), verdict: "contradicted", out: 100_000 }) }],
    alerts: [{ severity: "medium" }],
  },
  {
    tells: "a party whose own word alone says that it is there",
    steps: [{ flow: flow({ party: party("Acme"), word: "undecided", rule: "unproven:A-1", because: "its own word alone", out: 100_000 }) }],
    alerts: [{ severity: "medium", says: /its own word alone/ }],
  },
  {
    tells: "a proxy was asked for two addresses that nobody can place: two alerts",
    steps: ["45.1.1.1", "46.9.9.9"].map((target, n) => ({
      flow: flow({ id: n + 1, place: NOWHERE, outside: "10.0.0.8", proxied: [`${target}:443`, target], out: 100_000 }),
    })),
    alerts: [{ severity: "medium" }, { severity: "medium" }],
  },
  {
    tells: "ten flows to one /24 within the hour",
    steps: Array.from({ length: 10 }, (_, n) => ({
      flow: flow({ place: NOWHERE, id: n + 1, start: n * 300, outside: `203.0.113.${n + 1}`, out: 10_000 }),
    })),
    alerts: [{ severity: "medium" }],
  },
];
