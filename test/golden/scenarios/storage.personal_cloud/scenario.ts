import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB } from "../site.ts";

export const scenario: WireScenario = {
  config: `detections: { storage.personal_cloud: { minBytesPerHour: 100000 } }\n`,
  fires: [
    { tells: "files to WeTransfer", severity: "high", packets: () => [tls(ends(IMAGING, DE, 443), "upload.wetransfer.com", 120 * kB, kB)] },
  ],
  nearMisses: [{ tells: "too few", packets: () => [tls(ends(IMAGING, DE, 443), "upload.wetransfer.com", 60 * kB, kB)] }],
};
