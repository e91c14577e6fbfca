import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB, OFFICE } from "../site.ts";

export const scenario: WireScenario = {
  fires: [
    { tells: "Teams from imaging", severity: "medium", packets: () => [tls(ends(IMAGING, DE, 443), "teams.microsoft.com", 4 * kB, kB)] },
  ],
  nearMisses: [{ tells: "Teams from the office", packets: () => [tls(ends(OFFICE, DE, 443), "teams.microsoft.com", 4 * kB, kB)] }],
};
