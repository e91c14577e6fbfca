import { judgedFlow as flow, GUEST, IMAGING, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const NOWHERE = place([]);

export const scenarios: Scenario[] = [
  { tells: "one byte less", steps: [{ flow: flow({ place: NOWHERE, out: 99_999 }) }], alerts: [] },
  {
    tells: "ten times 10 kB, but over ten hours",
    steps: Array.from({ length: 10 }, (_, n) => ({ flow: flow({ place: NOWHERE, id: n + 1, start: n * 3900, out: 10_000 }) })),
    alerts: [],
  },
  {
    tells: "one long flow at 10 kB an hour",
    steps: Array.from({ length: 12 }, (_, n) => ({
      flow: flow({
        place: NOWHERE,
        kind: "counted",
        end: (n + 1) * 3900,
        out: (n + 1) * 10_000,
        newOut: 10_000,
        in: 20 * (n + 1),
        newIn: 20,
      }),
    })),
    alerts: [],
  },
  { tells: "a registered party answers", steps: [{ flow: flow({ place: NOWHERE, party: party("Acme"), out: 1e6 }) }], alerts: [] },
  { tells: "no patient data", steps: [{ flow: flow({ place: NOWHERE, zone: OFFICE, out: 1e6 }) }], alerts: [] },
  {
    tells: "a private address is not nowhere",
    steps: [{ flow: flow({ place: place([], { special: "Private-Use" }), word: "ignored", out: 1e6 }) }],
    alerts: [],
  },
  { tells: "nobody answered", steps: [{ flow: flow({ place: NOWHERE, out: 1e6, packetsIn: 0, in: 0 }) }], alerts: [] },
  {
    tells: "a registered party that no authorisation trusts",
    steps: [{ flow: flow({ place: place(["DE", "US"]), verdict: "contradicted", zone: IMAGING, out: 1e6, party: party("Acme") }) }],
    alerts: [],
  },
  { tells: "the guest network", steps: [{ flow: flow({ place: NOWHERE, zone: GUEST, word: "ignored", out: 1e6 }) }], alerts: [] },
];
