import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { ANYCAST, DE, IMAGING, kB } from "../site.ts";

export const scenario: WireScenario = {
  config: `parties:\n  - { name: archive, role: processor, domains: [archive.example], countries: [DE] }\n  - { name: edge, role: processor, domains: [edge.example], cdnAllowed: true }\n`,
  fires: [
    {
      tells: "the archive answers from an edge",
      severity: "medium",
      packets: () => [tls(ends(IMAGING, ANYCAST, 443), "a.archive.example", 4 * kB, kB)],
    },
  ],
  nearMisses: [
    { tells: "a party whose contract lists the edge", packets: () => [tls(ends(IMAGING, ANYCAST, 443), "a.edge.example", 4 * kB, kB)] },
    { tells: "the archive from Germany", packets: () => [tls(ends(IMAGING, DE, 443), "a.archive.example", 4 * kB, kB)] },
  ],
};
