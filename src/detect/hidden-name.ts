import type { FlowFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { EchOffers } from "./ech-offers.ts";
import { NameList } from "./name-list.ts";
import { PrefixList } from "./prefix-list.ts";
import { reportFlow, threadOf, type Words } from "./report.ts";

const DOT_PORT = 853;
/** Words of protocols that carry DNS out of sight. */
const HIDDEN_DNS: ReadonlyMap<string, string> = new Map([
  ["doh", "DNS over HTTPS"],
  ["dot", "DNS over TLS"],
  ["doq", "DNS over QUIC"],
  ["dnscrypt", "DNSCrypt"],
]);
const ASK_THE_USER = "Tor, a VPN service or a relay: ask the user of the device why, and isolate it until that is clear.";
const ASK_THE_RESOLVER = "Encrypted client hello: name the destinations by your own resolver's log.";

class Resolvers {
  private readonly names: NameList;
  private readonly networks: PrefixList;
  readonly offers = new EchOffers();

  constructor(approved: readonly unknown[]) {
    this.names = new NameList(approved);
    this.networks = new PrefixList(approved);
  }

  approves(judged: JudgedFlow): boolean {
    return this.names.has(judged.name) || this.networks.hasOutside(judged) || judged.judgement.word === "authorised";
  }
}

/** Catalogue 25. */
export const hiddenName = defineDetection({
  name: "visibility.hidden_name",
  title: "Where a clinical host goes is hidden from the tap",
  severity: "medium; high for Tor, VPN services and relays",
  relevantTo: ["GDPR 32", "GDPR 5(2)"],
  next: [
    "DNS over HTTPS or TLS: turn it off by policy in browser and system, or enter the resolver among the approved ones.",
    ASK_THE_USER,
    ASK_THE_RESOLVER,
  ],
  doc: `Fires for an established flow out of a zone with patient data: to a resolver by DNS over HTTPS, TLS or QUIC that is not among \`approvedResolvers\`; to Tor, a VPN
service or a relay, by protocol or name; and for a TLS hello with an encrypted inner name, when its outer name is a provider's public name for that and the host was offered
\`ech\` by a DNS HTTPS record before. The extension 0xfe0d alone says nothing: browsers send it with random bytes (GREASE).`,
  concern: ["dns", "patient"],
  thresholds: {},
  lists: { approvedResolvers: "names (suffixes), addresses or networks of resolvers that may be asked over HTTPS, TLS or QUIC" },
  remember: ({ lists }) => new Resolvers(lists.approvedResolvers),
  evaluate(judged, context) {
    const { facts } = judged.flow;
    if (facts?.dns !== undefined) {
      context.memory.offers.learn(judged, facts.dns);
      return;
    }
    if (judged.direction !== "outbound" || !judged.isEstablished) return;
    if (judged.service === undefined && judged.flow.responderPort !== DOT_PORT && !hasHidingWord(facts)) return;
    const hidden = hiddenBy(judged, facts, context.memory);
    if (hidden === undefined) return;
    const { severity, ...words } = hidden;
    reportFlow(judged, context, this.name, severity, threadOf(judged, context), () => words);
  },
});

/** The gate: what is of no known service hides only by its port or its protocol. */
function hasHidingWord(facts: FlowFacts | undefined): boolean {
  if (facts === undefined) return false;
  const { protocols } = facts;
  for (let n = 0; n < protocols.length; n += 1) {
    const word = protocols[n];
    // All of these have three letters or eight: the length is known without reading the word.
    if ((word.length === 3 || word.length === 8) && (word === "tor" || HIDDEN_DNS.has(word))) return true;
  }
  return false;
}

function hiddenBy(
  judged: JudgedFlow,
  facts: FlowFacts | undefined,
  resolvers: Resolvers,
): (Words & { severity: "medium" | "high" }) | undefined {
  const { service } = judged;
  const isTor = facts?.protocols.includes("tor") === true;
  if (isTor || service?.kind === "relay") {
    if (judged.judgement.word === "authorised") return undefined;
    const because = `${isTor ? "Tor" : service!.name} hides where the data goes`;
    return { severity: "high", because, wouldAllow: "an authorisation of its party", next: ASK_THE_USER };
  }
  const dnsWord = facts?.protocols.find((word) => HIDDEN_DNS.has(word)) ?? (isResolverFlow(judged, facts) ? "dot" : undefined);
  if (dnsWord !== undefined)
    return resolvers.approves(judged)
      ? undefined
      : {
          severity: "medium",
          detail: `${service?.name ?? judged.name ?? judged.outsideAddress()} asked by ${HIDDEN_DNS.get(dnsWord)}`,
          because: "names asked for this way are seen by nobody in the house",
          wouldAllow: "the resolver among approvedResolvers",
        };
  const client = facts?.tls?.client;
  if (client?.ech !== "offered" || service?.kind !== "ech-front" || !resolvers.offers.wereMadeTo(judged)) return undefined;
  return {
    severity: "medium",
    detail: `encrypted client hello behind ${client.serverName ?? service.name}`,
    because: "the name of the destination is encrypted; the outer one is the provider's public name",
    wouldAllow: "a resolver that strips ech from HTTPS records for these zones",
    next: ASK_THE_RESOLVER,
  };
}

/** A known resolver over TLS or QUIC, or anybody on the port of DNS over TLS and QUIC (RFC 7858 §3.1, RFC 9250 §4.1.1). */
function isResolverFlow(judged: JudgedFlow, facts: FlowFacts | undefined): boolean {
  if (judged.outsidePort() === DOT_PORT) return true;
  return judged.service?.kind === "resolver" && (facts?.tls !== undefined || facts?.quic !== undefined);
}
