import { lookup } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, RESOLVER } from "../site.ts";
import { datagrams, dnsTxt } from "../wire.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
function label(n: number): string {
  let state = n * 2_654_435_761;
  const letters = Array.from({ length: 30 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return LETTERS[state >>> 27];
  });
  return letters.join("") + n;
}
const asks = (count: number, name: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => lookup(ends(IMAGING, RESOLVER, 53, 800), name(n), DE));
const texts = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const [question, answer] = dnsTxt(n, `${n}.t.example.com`, 1000);
    return datagrams(ends(IMAGING, RESOLVER, 53, 800), [
      [0, question],
      [1, answer],
    ]);
  });

export const scenario: WireScenario = {
  config: "detections: { exfil.dns: { minNames: 100, minCarrierBytesPerHour: 100000 } }\n",
  fires: [
    { tells: "101 random names under one domain", severity: "high", packets: () => asks(101, (n) => `${label(n)}.example.com`) },
    { tells: "100 kB of TXT records", severity: "high", packets: () => texts(100) },
  ],
  nearMisses: [
    { tells: "100 of them", packets: () => asks(100, (n) => `${label(n)}.example.com`) },
    { tells: "names of hosts", packets: () => asks(200, (n) => `host${n}.example.com`) },
    { tells: "50 kB of TXT records", packets: () => texts(50) },
  ],
};
