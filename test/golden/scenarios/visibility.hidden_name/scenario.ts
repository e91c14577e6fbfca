import { tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING, kB, OFFICE } from "../site.ts";

export const scenario: WireScenario = {
  config: `detections: { visibility.hidden_name: { approvedResolvers: [quad9.net] } }\n`,
  fires: [
    { tells: "DNS over HTTPS to Google", severity: "medium", packets: () => [tls(ends(IMAGING, DE, 443), "dns.google", 4 * kB, kB)] },
    { tells: "DNS over TLS", severity: "medium", packets: () => [tls(ends(IMAGING, DE, 853), undefined, 4 * kB, kB)] },
    { tells: "a VPN service", severity: "high", packets: () => [tls(ends(IMAGING, DE, 443), "api.nordvpn.com", 4 * kB, kB)] },
  ],
  nearMisses: [
    { tells: "an approved resolver", packets: () => [tls(ends(IMAGING, DE, 443), "dns.quad9.net", 4 * kB, kB)] },
    { tells: "from the office", packets: () => [tls(ends(OFFICE, DE, 443), "dns.google", 4 * kB, kB)] },
  ],
};
