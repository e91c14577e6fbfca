import type { TlsFacts } from "../../../../src/model/facts.ts";
import { judgedFlow as flow, IMAGING, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const tls = (facts: TlsFacts, zone = IMAGING) => flow({ ...DE, zone, facts: { protocols: ["tls"], tls: facts } });

export const scenarios: Scenario[] = [
  {
    tells: "TLS 1.2 with a good certificate",
    steps: [
      {
        flow: tls({
          version: "1.2",
          cipher: "TLS_RSA_WITH_AES_128_CBC_SHA",
          server: { subject: "CN=a", issuer: "CN=b", notAfter: "2026-11-22T00:00:00Z" },
        }),
      },
    ],
    alerts: [],
  },
  { tells: "an old hello that nobody answered", steps: [{ flow: tls({ version: "1.0" }) }], alerts: [] },
  { tells: "from the office", steps: [{ flow: tls({ version: "1.0", established: true }, OFFICE) }], alerts: [] },
];
