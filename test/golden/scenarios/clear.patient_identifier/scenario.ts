import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING } from "../site.ts";
import { talk } from "../wire.ts";

/** Made-up Luxembourg numbers: date and serial, then the check digits over these eleven, Luhn's and Verhoeff's. */
const NUMBERS = ["1971020310142", "1971020310220", "1971020310301"];
const post = (numbers: readonly string[]): readonly [0 | 1, string][] => {
  const body = numbers.map((number) => `{"matricule":"${number}"}`).join("\n");
  return [
    [
      0,
      `POST /in HTTP/1.1\r\nHost: api.partner.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ],
    [1, "HTTP/1.1 204 No Content\r\n\r\n"],
  ];
};

export const scenario: WireScenario = {
  fires: [
    {
      tells: "three national numbers in a clear upload",
      severity: "critical",
      packets: () => [talk(ends(IMAGING, DE, 80), post(NUMBERS))],
    },
  ],
  nearMisses: [
    { tells: "two of them", packets: () => [talk(ends(IMAGING, DE, 80), post(NUMBERS.slice(1)))] },
    { tells: "inside the house", packets: () => [talk(ends(IMAGING, "10.20.20.10", 80), post(NUMBERS))] },
  ],
};
