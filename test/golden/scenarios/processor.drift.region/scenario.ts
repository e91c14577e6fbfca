import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { IMAGING, kB } from "../site.ts";

const DUBLIN = "54.72.10.4";
const FRANKFURT = "3.120.10.4";
const VIRGINIA = "54.231.10.4";
const visits = (address: string, count: number, name = "store.archive.example", rttMicros = 30_000) =>
  Array.from({ length: count }, () => tls(ends(IMAGING, address, 443, rttMicros), name, 4 * kB, kB));

export const scenario: WireScenario = {
  config: `parties:
  - { name: archive, role: processor, domains: [archive.example], countries: [DE, IE, US], regions: ["aws:eu-central-1"] }
  - { name: wide, role: processor, domains: [wide.example], countries: [DE, IE], regions: ["aws:eu-central-1", "aws:eu-west-1"] }
`,
  geo: { aws: { "54.72.0.0/15": "eu-west-1", "3.120.0.0/14": "eu-central-1", "54.231.0.0/16": "us-east-1" } },
  fires: [{ tells: "three visits in Dublin, with a contract for Frankfurt", severity: "medium", packets: () => visits(DUBLIN, 3) }],
  nearMisses: [
    { tells: "two of them", packets: () => visits(DUBLIN, 2) },
    { tells: "Frankfurt, as agreed", packets: () => visits(FRANKFURT, 4) },
    { tells: "a contract that names both", packets: () => visits(DUBLIN, 4, "store.wide.example") },
    {
      tells: "a country that is not approved: the country has drifted",
      packets: () => visits(VIRGINIA, 4, "store.archive.example", 95_000),
    },
    { tells: "an address of no cloud", packets: () => visits("78.46.10.20", 4) },
  ],
};
