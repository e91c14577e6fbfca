import { tls } from "../../../../src/demo/conversation.ts";
import { ciphertext, clientHello } from "../../../../src/demo/payloads.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB, OFFICE } from "../site.ts";
import { serverHello10, talk } from "../wire.ts";

const old = (from: string) => {
  const pair = ends(from, DE, 443);
  return talk(pair, [
    [0, clientHello("legacy.example.org", ["http/1.1"], pair.random)],
    [1, serverHello10(pair.random)],
    [0, ciphertext(200, pair.random)],
    [1, ciphertext(200, pair.random)],
  ]);
};

export const scenario: WireScenario = {
  fires: [{ tells: "a server that chooses TLS 1.0", severity: "high", packets: () => [old(IMAGING)] }],
  nearMisses: [
    { tells: "TLS 1.3", packets: () => [tls(ends(IMAGING, DE, 443), "www.example.org", 4 * kB, kB)] },
    { tells: "from the office", packets: () => [old(OFFICE)] },
  ],
};
