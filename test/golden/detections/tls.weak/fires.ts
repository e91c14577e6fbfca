import type { TlsFacts } from "../../../../src/model/facts.ts";
import { judgedFlow as flow, IMAGING, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const tls = (facts: TlsFacts, zone = IMAGING) => flow({ ...DE, zone, facts: { protocols: ["tls"], tls: facts } });

export const scenarios: Scenario[] = [
  {
    tells: "TLS 1.0",
    steps: [{ flow: tls({ version: "1.0", cipher: "TLS_RSA_WITH_AES_128_CBC_SHA" }) }],
    alerts: [{ severity: "high", says: /TLS 1\.0 was agreed on/ }],
  },
  {
    tells: "SSL 3.0",
    steps: [{ flow: tls({ version: "3.0", versionProtocol: "ssl", established: true }) }],
    alerts: [{ severity: "high" }],
  },
  { tells: "a null cipher", steps: [{ flow: tls({ version: "1.2", cipher: "TLS_RSA_WITH_NULL_SHA" }) }], alerts: [{ severity: "medium" }] },
  {
    tells: "an expired certificate",
    steps: [{ flow: tls({ version: "1.2", server: { subject: "CN=a", issuer: "CN=b", notAfter: "2026-11-20T00:00:00Z" } }) }],
    alerts: [{ severity: "medium", says: /expired on 2026-11-20/ }],
  },
  {
    tells: "a self-signed one",
    steps: [{ flow: tls({ version: "1.2", server: { subject: "CN=a", issuer: "CN=a" } }) }],
    alerts: [{ severity: "medium" }],
  },
];
