import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, OFFICE } from "../site.ts";
import { ssh, talk } from "../wire.ts";

const tunnel = (from: string, to: string) => {
  const pair = ends(from, to, 22);
  return talk(pair, ssh(pair.random));
};

export const scenario: WireScenario = {
  config: "parties: [{ name: known, role: processor, networks: [95.217.10.0/24] }]\n",
  fires: [{ tells: "SSH to nobody registered", severity: "high", packets: () => [tunnel(IMAGING, DE)] }],
  nearMisses: [
    { tells: "to a registered party", packets: () => [tunnel(IMAGING, "95.217.10.4")] },
    { tells: "from the office", packets: () => [tunnel(OFFICE, DE)] },
  ],
};
