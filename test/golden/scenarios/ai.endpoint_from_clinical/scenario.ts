import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB, OFFICE } from "../site.ts";

export const scenario: WireScenario = {
  fires: [
    { tells: "ChatGPT from imaging", severity: "high", packets: () => [tls(ends(IMAGING, DE, 443), "chatgpt.com", 4 * kB, kB)] },
    { tells: "from the office", severity: "low", packets: () => [tls(ends(OFFICE, DE, 443), "api.mistral.ai", 4 * kB, kB)] },
  ],
  nearMisses: [{ tells: "a name that only looks alike", packets: () => [tls(ends(IMAGING, DE, 443), "notchatgpt.com", 4 * kB, kB)] }],
};
