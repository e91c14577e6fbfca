import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const ACME = party("Acme", { countries: ["LU"] });

export const scenarios: Scenario[] = [
  {
    tells: "databases name different countries, none of them on the list: that it is outside is certain",
    steps: [{ flow: flow({ out: 5e9, place: place(["US", "CN"], { confidence: 70, isDisputed: true }), confidence: 90 }) }],
    alerts: [{ severity: "critical", says: /confidence 90/ }],
  },
  {
    tells: "40 MB from a CT to a processor's archive in the US",
    steps: [
      {
        flow: flow({
          out: 41_000_000,
          asset: { address: "10.1.2.3", name: "CT-3", owner: undefined, department: undefined },
          party: ACME,
          name: "pacs.acme.eu",
        }),
      },
    ],
    alerts: [
      {
        severity: "critical",
        bytesOut: 41_000_000,
        flows: 1,
        countries: ["US"],
        says: /^CT-3 in imaging \(patient data\) sent 41\.0 MB to pacs\.acme\.eu \(Acme, registered by name, name from TLS SNI; 203\.0\.113\.9 port 443\/tcp\) in the US, outside the list eu-eea, confidence 85 \(geo-whois-asn-country 2026-06-17\), since 13:41:02Z on 2026-11-21\. Decided by list:eu-eea/,
      },
    ],
  },
  { tells: "one byte less than 1 MB is high", steps: [{ flow: flow({ out: 999_999 }) }], alerts: [{ severity: "high" }] },
  {
    tells: "a flow opened from outside carries data out",
    steps: [{ flow: flow({ direction: "inbound", out: 1_500_000 }) }],
    alerts: [{ severity: "critical", bytesOut: 1_500_000, says: /opened from outside/ }],
  },
  {
    tells: "many small flows weigh as much as one large one, and their bytes add up",
    steps: Array.from({ length: 6 }, (_, n) => ({ flow: flow({ id: n + 1, start: n * 60, out: 200_000 }) })),
    alerts: [{ severity: "critical", bytesOut: 1_200_000, flows: 6 }],
  },
  {
    tells: "a flow reported several times counts once, the part before it was answered too",
    steps: [
      { flow: flow({ kind: "opened", out: 300, packetsIn: 0, in: 0, end: 1 }) },
      { flow: flow({ kind: "counted", out: 1000, newOut: 700, in: 90, newIn: 90, end: 60 }) },
      { flow: flow({ kind: "closed", out: 5000, newOut: 4000, in: 100, newIn: 10, end: 90 }) },
    ],
    alerts: [{ severity: "high", bytesOut: 5000, flows: 1 }],
  },
  {
    tells: "two countries of one party are two alerts",
    steps: [{ flow: flow({ party: ACME }) }, { flow: flow({ id: 2, start: 9, party: ACME, place: place(["RS"]) }) }],
    alerts: [
      { severity: "high", countries: ["US"] },
      { severity: "high", countries: ["RS"] },
    ],
  },
  {
    tells: "silence of more than an hour ends the episode",
    steps: [{ flow: flow({}) }, { flow: flow({ id: 2, start: 3599 }) }, { flow: flow({ id: 3, start: 3599 + 3601 }) }],
    alerts: [
      { severity: "high", flows: 2 },
      { severity: "high", flows: 1 },
    ],
  },
];
