import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const store = (called: string) => ({ protocols: ["dicom"], dicom: { calledAe: [called], callingAe: ["CT03"], operations: ["C-STORE"] } });

export const scenarios: Scenario[] = [
  {
    tells: "an approved AE title",
    settings: { "dicom.external_store": { approvedAeTitles: ["EXTPACS"] } },
    steps: [{ flow: flow({ ...DE, facts: store("EXTPACS") }) }],
    alerts: [],
  },
  {
    tells: "an approved address",
    settings: { "dicom.external_store": { approvedAddresses: ["203.0.113.0/24"] } },
    steps: [{ flow: flow({ ...DE, facts: store("EXTPACS") }) }],
    alerts: [],
  },
  {
    tells: "the party's own AE title",
    steps: [{ flow: flow({ ...DE, party: party("Acme", { aeTitles: ["EXTPACS"] }), facts: store("EXTPACS") }) }],
    alerts: [],
  },
  {
    tells: "the address of what a proxy was asked for is approved",
    settings: { "dicom.external_store": { approvedAddresses: ["45.1.1.0/24"] } },
    steps: [{ flow: flow({ ...DE, outside: "10.0.0.8", proxied: ["45.1.1.1:11112", "45.1.1.1"], facts: store("EXTPACS") }) }],
    alerts: [],
  },
  {
    tells: "a party known by its title and its network",
    steps: [
      {
        flow: flow({
          ...DE,
          party: party("Acme", { aeTitles: ["EXTPACS"] }),
          partyBy: "ae-title",
          isPartyProven: true,
          facts: store("EXTPACS"),
        }),
      },
    ],
    alerts: [],
  },
  {
    tells: "an echo",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["dicom"], dicom: { calledAe: ["EXTPACS"], operations: ["C-ECHO"] } } }) }],
    alerts: [],
  },
  { tells: "images stored into the house", steps: [{ flow: flow({ ...DE, direction: "inbound", facts: store("PACS") }) }], alerts: [] },
];
