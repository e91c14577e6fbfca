import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { kB, RECORDS, US } from "../site.ts";

export const scenario: WireScenario = {
  config: `parties:\n  - { name: court, role: lane, domains: [court.example] }\n  - { name: ended, role: lane, domains: [ended.example] }\nauthorisations:\n  - { id: A-1, parties: [court], countries: [US], purpose: test, basis: GDPR 49(1)(e), until: "2027-01-31", mostUsesIn30Days: 2 }\n  - { id: A-2, parties: [ended], countries: [US], purpose: test, basis: GDPR 49(1)(e), until: "2026-10-31" }\n`,
  fires: [
    {
      tells: "the third use of two",
      severity: "medium",
      packets: () => [...[1, 2, 3].map(() => tls(ends(RECORDS, US, 443), "a.court.example", 4 * kB, kB))],
    },
    { tells: "a use after its end", severity: "medium", packets: () => [tls(ends(RECORDS, US, 443), "a.ended.example", 4 * kB, kB)] },
  ],
  nearMisses: [
    { tells: "the second use", packets: () => [...[1, 2].map(() => tls(ends(RECORDS, US, 443), "a.court.example", 4 * kB, kB))] },
  ],
};
