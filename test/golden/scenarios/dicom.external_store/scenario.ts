import { dicomAssociate, dicomData } from "../../../../src/demo/payloads.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING } from "../site.ts";
import { dicomCommand, talk } from "../wire.ts";

const C_STORE = 0x0001;
const C_ECHO = 0x0030;
const association = (called: string, command: number, server = DE) => {
  const pair = ends(IMAGING, server, 11112);
  return talk(pair, [
    [0, dicomAssociate(true, called, "CT03")],
    [1, dicomAssociate(false, called, "CT03")],
    [0, dicomCommand(command)],
    [0, dicomData(4000, pair.random)],
    [1, dicomCommand(command | 0x8000)],
    [0, Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0])],
    [1, Buffer.from([6, 0, 0, 0, 0, 4, 0, 0, 0, 0])],
  ]);
};

export const scenario: WireScenario = {
  config: "detections: { dicom.external_store: { approvedAeTitles: [ARCHIVE] } }\n",
  fires: [{ tells: "images stored to an unknown AE title", severity: "critical", packets: () => [association("EXTPACS", C_STORE)] }],
  nearMisses: [
    { tells: "an approved AE title", packets: () => [association("ARCHIVE", C_STORE)] },
    { tells: "an echo", packets: () => [association("EXTPACS", C_ECHO)] },
    { tells: "inside the house", packets: () => [association("PACS", C_STORE, "10.20.20.10")] },
  ],
};
