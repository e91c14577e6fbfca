import { judgedFlow as flow, OFFICE, party, place, type Spec } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const acme = party("Acme");
const listed = party("Acme", { asns: [64_502] });
const FI = { place: place(["FI"], { asn: 64_502 }), verdict: "inside-list", party: acme } as const;
const from = (spec: Spec, count: number) =>
  Array.from({ length: count }, (_, n) => ({ flow: flow({ ...spec, id: n + 2, start: 60 + n }) }));
const issued = (issuer: string) => ({ ...DE, party: listed, facts: { protocols: ["tls"], tls: { server: { issuer } } } });

export const scenarios: Scenario[] = [
  {
    tells: "ten flows from a second network",
    steps: [{ flow: flow({ ...DE, party: acme }) }, ...from(FI, 10)],
    alerts: [{ severity: "medium", flows: 10, says: /AS64502 was not seen for Acme in 30 days/ }],
  },
  {
    tells: "low from the office",
    steps: [{ flow: flow({ ...DE, party: acme, zone: OFFICE }) }, ...from({ ...FI, zone: OFFICE }, 10)],
    alerts: [{ severity: "low" }],
  },
  {
    tells: "a certificate of another issuer",
    steps: [{ flow: flow(issued("CN=One")) }, ...from(issued("CN=Two"), 10)],
    alerts: [{ severity: "medium", says: /CN=Two/ }],
  },
];
