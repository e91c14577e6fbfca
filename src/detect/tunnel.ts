import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { reportFlow, threadOf } from "./report.ts";

const TUNNELS: ReadonlySet<string> = new Set(["wireguard", "ipsec", "openvpn", "ssh", "l2tp", "pptp", "softether"]);
/** IANA protocol numbers: IP in IP, IPv6 in IP, GRE, ESP, AH. */
const TRANSPORTS: ReadonlyMap<number, string> = new Map([
  [4, "IP in IP"],
  [41, "IPv6 in IP"],
  [47, "GRE"],
  [50, "ESP"],
  [51, "AH"],
]);

/** Catalogue 29. */
export const tunnelOpaque = defineDetection({
  name: "tunnel.opaque",
  title: "An opaque tunnel to somebody who is not registered",
  severity: "high",
  relevantTo: ["GDPR 32", "GDPR 5(2)"],
  next: [
    "Ask the owner of the device which tunnel this is and who runs its other end.",
    "If it is right: enter the other end in the register of parties. If not: block it, and look at what the device had access to.",
  ],
  doc: `Fires for an established WireGuard, IPsec, OpenVPN, SSH, L2TP, PPTP, GRE or IP-in-IP flow from a zone with patient data to an outside end that is no registered party, where no
authorisation allows it. Tunnels that are read (GRE, VXLAN …) are judged by the flows inside them as well.`,
  concern: "patient",
  thresholds: {},
  evaluate(judged, context) {
    if (judged.party !== undefined || judged.direction !== "outbound" || !judged.isEstablished) return;
    if (judged.judgement.word === "authorised" || judged.location?.place.special !== undefined) return;
    const tunnel = tunnelOf(judged);
    if (tunnel === undefined) return;
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      detail: `${tunnel} tunnel`,
      because: "what goes through it cannot be seen, and nobody is registered at its other end",
      wouldAllow: "an entry in the register of parties for its other end",
    }));
  },
});

function tunnelOf({ flow }: JudgedFlow): string | undefined {
  const transport = TRANSPORTS.get(flow.transport);
  if (transport !== undefined) return transport;
  const { facts } = flow;
  if (facts === undefined) return undefined;
  for (let n = 0; n < facts.protocols.length; n += 1) if (TUNNELS.has(facts.protocols[n])) return facts.protocols[n];
  return undefined;
}
