import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { BACKUP, DE, IMAGING, kB, US } from "../site.ts";

export const scenario: WireScenario = {
  config: `detections: { backup.unapproved_region: { minBytes: 100000 } }\n`,
  fires: [
    {
      tells: "the backup zone sends to the US",
      severity: "critical",
      packets: () => [tls(ends(BACKUP, US, 443), "b.example.com", 120 * kB, kB)],
    },
    {
      tells: "imaging sends to an object store in the US",
      severity: "critical",
      packets: () => [tls(ends(IMAGING, US, 443), "b.s3.us-east-1.amazonaws.com", 120 * kB, kB)],
    },
  ],
  nearMisses: [
    { tells: "the backup zone sends to Germany", packets: () => [tls(ends(BACKUP, DE, 443), "b.example.com", 120 * kB, kB)] },
    { tells: "too little", packets: () => [tls(ends(BACKUP, US, 443), "b.example.com", 60 * kB, kB)] },
  ],
};
