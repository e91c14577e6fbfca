import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, DEVICE, kB } from "../site.ts";
import { mqtt, talk } from "../wire.ts";

export const scenario: WireScenario = {
  config: `detections: { device.unapproved_cloud: { profiles: [{ zones: [devices], names: [vendor.example] }] } }\n`,
  fires: [
    {
      tells: "a pump speaks to another cloud than its vendor's",
      severity: "high",
      packets: () => [tls(ends(DEVICE, DE, 443), "telemetry.other.example", 4 * kB, kB)],
    },
    { tells: "by MQTT", severity: "high", packets: () => [talk(ends(DEVICE, DE, 1883), mqtt("pump1"))] },
  ],
  nearMisses: [{ tells: "its vendor's", packets: () => [tls(ends(DEVICE, DE, 443), "eu.vendor.example", 4 * kB, kB)] }],
};
