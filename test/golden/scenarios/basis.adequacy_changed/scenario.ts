import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { kB, RECORDS, US } from "../site.ts";

export const scenario: WireScenario = {
  config: `parties:\n  - { name: plain, role: processor, domains: [plain.example] }\n  - { name: certified, role: processor, domains: [certified.example], documents: [{ kind: dpf, ends: "2027-06-30" }] }\nauthorisations:\n  - { id: A-1, parties: [plain], countries: [US], purpose: test, basis: GDPR 45, until: "2027-01-31" }\n  - { id: A-2, parties: [certified], countries: [US], purpose: test, basis: GDPR 45, until: "2027-01-31" }\n`,
  fires: [
    {
      tells: "adequacy as the basis, and no certification",
      severity: "high",
      packets: () => [tls(ends(RECORDS, US, 443), "a.plain.example", 4 * kB, kB)],
    },
  ],
  nearMisses: [{ tells: "a certified organisation", packets: () => [tls(ends(RECORDS, US, 443), "a.certified.example", 4 * kB, kB)] }],
};
