import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB } from "../site.ts";

export const scenario: WireScenario = {
  config: `parties:\n  - { name: old, role: processor, domains: [old.example], agreementEnds: "2026-11-20" }\n  - { name: soon, role: processor, domains: [soon.example], agreementEnds: "2026-12-20" }\n  - { name: archive, role: processor, domains: [archive.example], agreementEnds: "2028-12-31" }\n`,
  fires: [
    { tells: "the agreement has ended", severity: "high", packets: () => [tls(ends(IMAGING, DE, 443), "a.old.example", 4 * kB, kB)] },
    {
      tells: "the agreement ends in a month",
      severity: "info",
      packets: () => [tls(ends(IMAGING, DE, 443), "a.soon.example", 4 * kB, kB)],
    },
  ],
  nearMisses: [{ tells: "the agreement goes on", packets: () => [tls(ends(IMAGING, DE, 443), "a.archive.example", 4 * kB, kB)] }],
};
