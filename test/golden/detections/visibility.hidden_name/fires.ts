import { judgedFlow as flow, place, type Spec } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const TLS = { protocols: ["tls"], tls: { version: "1.3" } };
const ECH: Spec = {
  name: "cloudflare-ech.com",
  service: ["Cloudflare ECH", "ech-front"],
  facts: { protocols: ["tls"], tls: { client: { serverName: "cloudflare-ech.com", ech: "offered" } } },
};
const OFFER: Spec = {
  direction: "internal",
  word: "ignored",
  outsidePort: 53,
  facts: { protocols: ["dns"], dns: { questions: [{ name: "shop.example", type: "HTTPS" }], echOffered: ["shop.example"] } },
};

export const scenarios: Scenario[] = [
  {
    tells: "DNS over HTTPS to a resolver that is not approved",
    steps: [{ flow: flow({ ...DE, name: "dns.google", service: ["Google Public DNS", "resolver"], facts: TLS }) }],
    alerts: [{ severity: "medium", says: /Google Public DNS asked by/ }],
  },
  { tells: "DNS over TLS to anybody", steps: [{ flow: flow({ ...DE, outsidePort: 853, facts: TLS }) }], alerts: [{ severity: "medium" }] },
  {
    tells: "DNS over QUIC to anybody, on another port",
    steps: [
      { flow: flow({ ...DE, outsidePort: 8853, transport: 17, facts: { protocols: ["quic", "doq"], quic: { version: "0x00000001" } } }) },
    ],
    alerts: [{ severity: "medium", says: /asked by DNS over QUIC/ }],
  },
  { tells: "Tor", steps: [{ flow: flow({ ...DE, facts: { protocols: ["tor"] } }) }], alerts: [{ severity: "high", says: /Tor hides/ }] },
  {
    tells: "a VPN service",
    steps: [{ flow: flow({ ...DE, name: "nordvpn.com", service: ["NordVPN", "relay"], facts: TLS }) }],
    alerts: [{ severity: "high" }],
  },
  {
    tells: "a real encrypted hello",
    steps: [{ flow: flow(OFFER) }, { flow: flow({ ...DE, id: 2, start: 5, ...ECH }) }],
    alerts: [{ severity: "medium", says: /encrypted client hello behind cloudflare-ech\.com/i }],
  },
];
