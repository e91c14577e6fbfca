import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
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
