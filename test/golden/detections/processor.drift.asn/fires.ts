import { parseAddress } from "../../../../src/lib/ip.ts";
import type { FlowFacts } from "../../../../src/model/facts.ts";
import { judgedFlow as flow, OFFICE, party, place, type Spec, T0 } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const acme = party("Acme");
const listed = party("Acme", { asns: [64_502] });
const FI = { place: place(["FI"], { asn: 64_502 }), verdict: "inside-list", party: acme } as const;
const DAY = 86_400;
const from = (spec: Spec, count: number, day = 0) =>
  Array.from({ length: count }, (_, n) => ({ flow: flow({ ...spec, id: n + 2, start: day + 60 + n }) }));
const issued = (issuer: string) => ({ ...DE, party: listed, facts: { protocols: ["tls"], tls: { server: { issuer } } } });

const resolved = (name: string, address: string, ...aliases: string[]): FlowFacts => ({
  protocols: ["dns"],
  dns: { questions: [] },
  resolved: [{ name, addresses: [...parseAddress(address)!], aliases, ttlSeconds: 60, atMicros: T0 }],
});
/** As a flow is reported that has answers time and again. */
const brief = ({ protocols, resolved: answers }: FlowFacts): FlowFacts => ({
  protocols,
  ...(answers === undefined ? {} : { resolved: answers }),
});
const domains = party("Acme", { domains: ["acme.eu"] });
const visit = { ...DE, party: domains, name: "n1.acme.eu" };
const asked = (facts: FlowFacts) => flow({ direction: "internal", outside: "10.0.0.53", party: undefined, facts });

export const scenarios: Scenario[] = [
  {
    tells: "ten flows from a second network",
    steps: [{ flow: flow({ ...DE, party: acme }) }, ...from(FI, 10)],
    alerts: [{ severity: "medium", flows: 10, says: /AS64502 was not seen for Acme since it was first met, on 2026-11-21\./ }],
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
  {
    tells: "after more than thirty days",
    steps: [{ flow: flow({ ...DE, party: acme }) }, { flow: flow({ ...DE, party: acme, start: 20 * DAY }) }, ...from(FI, 10, 40 * DAY)],
    alerts: [{ severity: "medium", says: /AS64502 was not seen for Acme in 30 days\./ }],
  },
  {
    tells: "DNS leads its name to another organisation",
    steps: [
      { flow: flow(visit) },
      { flow: asked(resolved("n1.acme.eu", "203.0.113.9")) },
      { flow: flow({ ...visit, id: 98 }) },
      { flow: asked(resolved("n1.acme.eu", "203.0.113.10", "n1.acme.eu.edge.example.com", "x.runs-it.com")) },
      ...from({ ...visit, outside: "203.0.113.10" }, 10, DAY),
    ],
    alerts: [
      {
        severity: "medium",
        flows: 10,
        says: /DNS leads this name to runs-it\.com, which was not seen for Acme since it was first met, on 2026-11-21\./,
      },
    ],
  },
  {
    tells: "the same by an answer of a busy resolver, whose flow tells of answers only",
    steps: [
      { flow: flow(visit) },
      { flow: asked(brief(resolved("n1.acme.eu", "203.0.113.9"))) },
      { flow: flow({ ...visit, id: 98 }) },
      { flow: asked(brief(resolved("n1.acme.eu", "203.0.113.10", "x.runs-it.com"))) },
      ...from({ ...visit, outside: "203.0.113.10" }, 10, DAY),
    ],
    alerts: [{ severity: "medium", says: /DNS leads this name to runs-it\.com/ }],
  },
];
