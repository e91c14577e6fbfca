import { parseHostPort } from "../lib/host-port.ts";
import { parseAddress } from "../lib/ip.ts";
import { formatMicros } from "../lib/time.ts";
import type { Alert, Finding, Severity } from "../model/alert.ts";
import { jsonText } from "./json-text.ts";

/** ECS event.severity is a number; these are the steps that Elastic's own rules use. */
const ECS_SEVERITY: Record<Severity, number> = { info: 0, low: 21, medium: 47, high: 73, critical: 99 };

/** The alert as one ECS 8 document (one line of JSON, no line end). The same alert again is the same `event.id` with another revision. */
export function alertDocument(alert: Readonly<Alert>): string {
  const { evidence } = alert;
  const isOfFlow = evidence.insideAddress !== undefined;
  return jsonText({
    "@timestamp": formatMicros(alert.lastMicros),
    message: alert.sentence,
    tags: alert.isCanary ? ["canary"] : undefined,
    event: {
      // No alert: a rule of the SIEM that pages somebody goes by this.
      kind: alert.isCanary ? "event" : "alert",
      category: ["network"],
      type: alert.state === "closed" ? ["end"] : alert.revision <= 1 ? ["start"] : ["change"],
      id: alert.id,
      severity: ECS_SEVERITY[alert.severity],
      start: formatMicros(alert.firstMicros),
      end: formatMicros(alert.lastMicros),
      sequence: alert.revision,
      reason: evidence.because,
      module: "bordertap",
    },
    rule: { name: alert.isCanary ? "pipeline.canary" : alert.detection, ruleset: "bordertap", reference: evidence.rule },
    source: { ip: evidence.insideAddress, bytes: isOfFlow ? alert.bytesOut : undefined },
    destination: {
      ...destinationOf(evidence),
      bytes: isOfFlow ? alert.bytesIn : undefined,
      geo: { countryIsoCode: evidence.countries?.[0] },
    },
    network: { transport: evidence.transport, protocol: evidence.protocol, forwardedIp: evidence.forwardedFor },
    bordertap: {
      alert: {
        id: alert.id,
        threadId: alert.threadId,
        state: alert.state,
        severity: alert.severity,
        revision: alert.revision,
        owner: alert.owner,
        closedReason: alert.closedReason,
        assetCount: alert.assetCount,
        flowCount: alert.flowCount,
        findingCount: alert.findingCount,
        bytesOut: alert.bytesOut,
        bytesIn: alert.bytesIn,
        relevantTo: alert.relevantTo,
        next: alert.next,
        isReplay: alert.isReplay,
        isCanary: alert.isCanary,
      },
      zone: alert.zone,
      asset: evidence.asset,
      party: alert.party,
      location: alert.verdict,
      list: evidence.list,
      confidence: alert.confidence,
      countries: alert.countries,
      claims: evidence.claims,
      wouldAllow: evidence.wouldAllow,
      policyRevision: alert.policyRevision,
      builds: Object.entries(alert.builds).map(([name, build]) => `${name} ${build}`),
    },
  });
}

/** ECS `ip` takes addresses only: a proxy is often asked for a name, and where that is nobody told. The port is what was asked for. */
function destinationOf({ insideAddress, outsideAddress, outsidePort, name, proxiedTo }: Finding) {
  const asked = proxiedTo === undefined ? undefined : parseHostPort(proxiedTo);
  const isName = asked !== undefined && parseAddress(asked.host) === undefined;
  return {
    ip: outsideAddress !== undefined && parseAddress(outsideAddress) !== undefined ? outsideAddress : undefined,
    port: asked?.port ?? outsidePort,
    domain: insideAddress === undefined ? undefined : (name ?? (isName ? asked.host : undefined)),
  };
}
