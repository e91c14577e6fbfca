import { judgedFlow as flow, GUEST, IMAGING, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const approved = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  { tells: "one byte less", steps: [{ flow: flow({ ...approved, name: "example.org", out: 99_999 }) }], alerts: [] },
  {
    tells: "a registered provider",
    steps: [{ flow: flow({ ...approved, party: party("Debian", { role: "provider" }), name: "deb.debian.org", out: 1e6 }) }],
    alerts: [],
  },
  { tells: "the guest network", steps: [{ flow: flow({ ...approved, zone: GUEST, out: 1e6 }) }], alerts: [] },
  {
    tells: "two domains below the threshold each",
    steps: [
      { flow: flow({ ...approved, name: "example.org", out: 60_000 }) },
      { flow: flow({ ...approved, id: 2, name: "example.net", out: 60_000 }) },
    ],
    alerts: [],
  },
  {
    tells: "two zones below the threshold each",
    steps: [{ flow: flow({ ...approved, zone: IMAGING, out: 60_000 }) }, { flow: flow({ ...approved, id: 2, zone: OFFICE, out: 60_000 }) }],
    alerts: [],
  },
  {
    tells: "a private address",
    steps: [{ flow: flow({ place: place([], { special: "Private-Use" }), word: "ignored", out: 1e6 }) }],
    alerts: [],
  },
];
