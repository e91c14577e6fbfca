import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { IMAGING, kB, US } from "../site.ts";

const soon = () => tls(ends(IMAGING, US, 443, 4000), "x.example.com", 4 * kB, kB);

export const scenario: WireScenario = {
  fires: [
    { tells: "an address in the US answers once within 4 ms: a doubt", severity: "low", packets: () => [soon()] },
    { tells: "it does so twice: it is not in the US", severity: "medium", packets: () => [soon(), soon()] },
  ],
  nearMisses: [{ tells: "it answers within 95 ms", packets: () => [tls(ends(IMAGING, US, 443, 95_000), "x.example.com", 4 * kB, kB)] }],
};
