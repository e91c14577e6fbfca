import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB, US } from "../site.ts";
import { rdp, ssh, talk } from "../wire.ts";

const vendor = () => tls(ends(IMAGING, DE, 443), "router1.teamviewer.com", 4 * kB, kB);

export const scenario: WireScenario = {
  config: "detections: { remote.support: { lanes: [{ zones: [records], names: [teamviewer.com] }] } }\n",
  fires: [
    { tells: "TeamViewer from a zone without a lane", severity: "high", packets: () => [vendor()] },
    { tells: "RDP from the US into imaging", severity: "high", packets: () => [talk(ends(US, IMAGING, 3389), rdp)] },
    {
      tells: "SSH from outside",
      severity: "high",
      packets: () => {
        const pair = ends(DE, IMAGING, 22);
        return [talk(pair, ssh(pair.random))];
      },
    },
  ],
  nearMisses: [
    { tells: "TeamViewer in its lane", packets: () => [tls(ends("10.20.10.10", DE, 443), "router1.teamviewer.com", 4 * kB, kB)] },
    { tells: "a visitor of a web page", packets: () => [tls(ends(US, IMAGING, 443), undefined, kB, 4 * kB)] },
    { tells: "RDP inside the house", packets: () => [talk(ends("10.20.50.9", IMAGING, 3389), rdp)] },
  ],
};
