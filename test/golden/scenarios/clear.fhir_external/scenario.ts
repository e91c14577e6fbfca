import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING } from "../site.ts";
import { fhirRead, plainRead, talk } from "../wire.ts";

export const scenario: WireScenario = {
  fires: [{ tells: "a FHIR read over HTTP", severity: "critical", packets: () => [talk(ends(IMAGING, DE, 8080), fhirRead)] }],
  nearMisses: [
    { tells: "plain HTTP", packets: () => [talk(ends(IMAGING, DE, 80), plainRead)] },
    { tells: "inside the house", packets: () => [talk(ends(IMAGING, "10.20.20.10", 8080), fhirRead)] },
  ],
};
