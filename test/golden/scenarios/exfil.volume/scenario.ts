import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB } from "../site.ts";
import { after } from "../wire.ts";

const DAY = 86_400;
const upload = (bytes: number) => tls(ends(IMAGING, DE, 443), "a.archive.example", bytes, kB);
/** A modest upload on each of so many days, then a large one. */
const days = (count: number, bytes: number) => [
  ...Array.from({ length: count }, (_, n) => after(n === 0 ? 0 : DAY, upload(20 * kB))),
  after(DAY, upload(bytes)),
];

export const scenario: WireScenario = {
  config: "parties: [{ name: archive, role: processor, domains: [archive.example] }]\ndetections: { exfil.volume: { minBytes: 100000 } }\n",
  fires: [{ tells: "ten times what it ever sent, after eight days", severity: "high", packets: () => days(8, 300 * kB) }],
  nearMisses: [
    { tells: "after five days", packets: () => days(5, 300 * kB) },
    { tells: "four times as much", packets: () => days(8, 80 * kB) },
  ],
};
