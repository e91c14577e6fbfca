import { judgedFlow as flow, OFFICE, place, type Spec } from "../../../unit/detect/judged.ts";
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
    tells: "an approved resolver",
    settings: { "visibility.hidden_name": { approvedResolvers: ["dns.google"] } },
    steps: [{ flow: flow({ ...DE, name: "dns.google", service: ["Google Public DNS", "resolver"], facts: TLS }) }],
    alerts: [],
  },
  {
    tells: "the extension with another name in front: GREASE",
    steps: [
      { flow: flow(OFFER) },
      {
        flow: flow({
          ...DE,
          id: 2,
          name: "www.example.org",
          facts: { protocols: ["tls"], tls: { client: { serverName: "www.example.org", ech: "offered" } } },
        }),
      },
    ],
    alerts: [],
  },
  { tells: "the public name, and no record ever offered ech", steps: [{ flow: flow({ ...DE, ...ECH }) }], alerts: [] },
  {
    tells: "plain DNS to a public resolver",
    steps: [
      {
        flow: flow({
          ...DE,
          outsidePort: 53,
          transport: 17,
          service: ["Google Public DNS", "resolver"],
          facts: { protocols: ["dns"], dns: { questions: [] } },
        }),
      },
    ],
    alerts: [],
  },
  {
    tells: "QUIC to a name that nobody knows as a resolver",
    steps: [{ flow: flow({ ...DE, transport: 17, facts: { protocols: ["quic"], quic: { version: "0x00000001" } } }) }],
    alerts: [],
  },
  { tells: "from the office", steps: [{ flow: flow({ ...DE, zone: OFFICE, facts: { protocols: ["tor"] } }) }], alerts: [] },
];
