import { judgedFlow as flow, party, place, type Spec } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const acme = party("Acme");
const listed = party("Acme", { asns: [64_502] });
const updates = party("Updates", { role: "provider" });
const FI = { place: place(["FI"], { asn: 64_502 }), verdict: "inside-list", party: acme } as const;
const from = (spec: Spec, count: number) =>
  Array.from({ length: count }, (_, n) => ({ flow: flow({ ...spec, id: n + 2, start: 60 + n }) }));

export const scenarios: Scenario[] = [
  { tells: "nine flows", steps: [{ flow: flow({ ...DE, party: acme }) }, ...from(FI, 9)], alerts: [] },
  { tells: "the first network of a party is the base line", steps: from(FI, 30), alerts: [] },
  {
    tells: "a network that the register lists",
    steps: [{ flow: flow({ ...DE, party: listed }) }, ...from({ ...FI, party: listed }, 12)],
    alerts: [],
  },
  { tells: "a known provider", steps: [{ flow: flow({ ...DE, party: updates }) }, ...from({ ...FI, party: updates }, 12)], alerts: [] },
];
