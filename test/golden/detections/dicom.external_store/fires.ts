import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const store = (called: string) => ({ protocols: ["dicom"], dicom: { calledAe: [called], callingAe: ["CT03"], operations: ["C-STORE"] } });

export const scenarios: Scenario[] = [
  {
    tells: "images stored to an unknown AE title, even in an approved country",
    steps: [{ flow: flow({ ...DE, facts: store("EXTPACS") }) }],
    alerts: [{ severity: "critical", says: /C-STORE toward EXTPACS/ }],
  },
  {
    tells: "whoever calls itself by a party's title is not approved by that title",
    steps: [{ flow: flow({ party: party("Acme", { aeTitles: ["EXTPACS"] }), partyBy: "ae-title", facts: store("EXTPACS") }) }],
    alerts: [{ severity: "critical", says: /toward EXTPACS/ }],
  },
  {
    tells: "the proxy's own address on the list does not approve what it was asked for",
    settings: { "dicom.external_store": { approvedAddresses: ["10.0.0.0/24"] } },
    steps: [{ flow: flow({ ...DE, outside: "10.0.0.8", proxied: ["45.1.1.1:11112", "45.1.1.1"], facts: store("EXTPACS") }) }],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "images fetched from outside",
    steps: [
      {
        flow: flow({
          ...DE,
          direction: "inbound",
          facts: { protocols: ["dicom"], dicom: { callingAe: ["THIEF"], calledAe: ["PACS"], operations: ["C-GET"] } },
        }),
      },
    ],
    alerts: [{ severity: "critical", says: /C-GET asked for by THIEF/ }],
  },
];
