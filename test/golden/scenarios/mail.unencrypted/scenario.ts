import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, OFFICE } from "../site.ts";
import { letter, letterInTls, talk } from "../wire.ts";

export const scenario: WireScenario = {
  config: "detections: { mail.unencrypted: { relays: [10.20.0.25/32] } }\n",
  fires: [
    { tells: "a letter in clear from imaging", severity: "high", packets: () => [talk(ends(IMAGING, DE, 25), letter)] },
    { tells: "by the relay", severity: "high", packets: () => [talk(ends("10.20.0.25", DE, 25), letter)] },
  ],
  nearMisses: [
    { tells: "STARTTLS is used", packets: () => [talk(ends(IMAGING, DE, 25), letterInTls)] },
    { tells: "from the office", packets: () => [talk(ends(OFFICE, DE, 25), letter)] },
  ],
};
