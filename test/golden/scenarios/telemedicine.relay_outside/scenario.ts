import { media } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, US } from "../site.ts";
import { datagrams, stunBinding } from "../wire.ts";

/** STUN on a socket pair, then media on the same. */
function* visit(server: string, seconds: number) {
  const pair = ends(IMAGING, server, 3478);
  yield* datagrams(pair, [
    [0, stunBinding(false)],
    [1, stunBinding(true)],
  ]);
  yield* media(pair, seconds);
}

export const scenario: WireScenario = {
  fires: [{ tells: "a minute of media over a relay in the US", severity: "high", packets: () => [visit(US, 62)] }],
  nearMisses: [
    { tells: "half a minute", packets: () => [visit(US, 30)] },
    { tells: "a relay in Germany", packets: () => [visit(DE, 62)] },
    { tells: "media without STUN", packets: () => [media(ends(IMAGING, US, 3478), 62)] },
  ],
};
