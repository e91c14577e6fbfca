import type { DnsFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import { NameList } from "./name-list.ts";
import { NameSketch } from "./name-sketch.ts";
import { addToWindow, reportFlow, threadOf } from "./report.ts";

/** Types that carry what the asker likes: what tunnels are made of (RFC 1035 §3.3.10, §3.3.14). */
const CARRIERS: ReadonlySet<string> = new Set(["TXT", "NULL"]);

interface Memory {
  sketch: NameSketch;
  approved: NameList;
}

/** Catalogue 27. */
export const exfilDns = defineDetection({
  name: "exfil.dns",
  title: "Data leaves inside DNS",
  severity: "high",
  relevantTo: ["GDPR 32", "GDPR 33"],
  next: [
    "Find the program on the inside device that asks for these names, and isolate the device.",
    "Have the resolver refuse the domain.",
    "If it is a product that looks things up by DNS (some virus scanners and telemetry do): enter its domain under `approvedDomains`.",
  ],
  doc: `Fires when more than the configured count of distinct names was asked for under one registrable domain within ten minutes, and their labels look random (mean entropy of the longest
label), or when questions for TXT or NULL records under one domain moved more than the configured bytes within an hour. Inside flows count too: a host asks the house's own
resolver. Reverse look-ups do not count. Names are kept as hashes only. One flow tells at most 256 names; those beyond are counted without their entropy.`,
  concern: "dns",
  thresholds: {
    minNames: { default: 500, doc: "distinct names under one domain within ten minutes, above which it fires" },
    minEntropy: { default: 3.5, doc: "mean bits per character of the longest label, above which names look random" },
    minCarrierBytesPerHour: {
      default: 1_000_000,
      doc: "bytes both ways within an hour in flows that ask for TXT or NULL records under one domain, above which it fires",
    },
    windowSeconds: { default: 600, doc: "seconds within which names are counted" },
  },
  lists: { approvedDomains: "domain suffixes whose products use DNS this way" },
  remember: ({ lists }): Memory => ({ sketch: new NameSketch(), approved: new NameList(lists.approvedDomains) }),
  evaluate(judged, context) {
    if (judged.zone?.isJudged === false) return;
    const { dns, factsDropped } = judged.flow.facts!;
    const { questions } = dns!;
    if (questions.length === 1) {
      // As nearly all are: a map of one would be for nothing.
      const { name } = questions[0];
      const domain = domainOf(name, context);
      if (domain !== undefined && name.length > domain.length) lookAtNames(judged, context, domain, [name], factsDropped ?? 0);
    } else {
      // What a flow could not tell is most likely of the domain that fills it.
      for (const [domain, names] of domainsOf(dns!, context))
        lookAtNames(judged, context, domain, names, names.length * 2 > questions.length ? (factsDropped ?? 0) : 0);
    }
    lookAtCarriers(judged, context, dns!);
  },
});

type Context = FlowContext<"minNames" | "minEntropy" | "minCarrierBytesPerHour" | "windowSeconds", Memory>;

function lookAtNames(judged: JudgedFlow, context: Context, domain: string, names: readonly string[], untold: number): void {
  const { minNames, minEntropy, windowSeconds } = context.settings;
  const { sketch } = context.memory;
  const windowMicros = windowSeconds * 1e6;
  const atMicros = judged.flow.endMicros;
  for (let n = 0; n < names.length; n += 1) sketch.add(domain, names[n], atMicros, windowMicros);
  const unique = sketch.uniqueOf(domain, atMicros, windowMicros, minNames - untold) + untold;
  if (unique <= minNames || sketch.entropyOf(domain, atMicros, windowMicros) <= minEntropy) return;
  const detail = `${unique} distinct names under ${domain} in ten minutes`;
  tell(judged, context, domain, detail, "so many random names under one domain are what tunnels ask for");
}

function lookAtCarriers(judged: JudgedFlow, context: Context, { questions }: DnsFacts): void {
  let carriers = 0;
  for (const { type } of questions) if (CARRIERS.has(type)) carriers += 1;
  if (carriers === 0) return;
  const first = questions.find(({ type }) => CARRIERS.has(type))!;
  const domain = domainOf(first.name, context);
  if (domain === undefined) return;
  const thread = threadOf(judged, context, context.destinations.ofText(`${domain} TXT`));
  const bytes = ((judged.newBytesOut + judged.newBytesIn) * carriers) / questions.length;
  const hour = addToWindow(context.sums, thread, judged.flow.endMicros, bytes);
  if (hour > context.settings.minCarrierBytesPerHour)
    tell(
      judged,
      context,
      domain,
      `${(hour / 1e6).toFixed(1)} MB in questions and answers of TXT or NULL records under ${domain} within an hour`,
      "so much in such records is what tunnels carry; mail and licence checks need far less",
    );
}

function tell(judged: JudgedFlow, context: Context, domain: string, detail: string, because: string): void {
  const thread = threadOf(judged, context, context.destinations.ofText(domain));
  reportFlow(judged, context, "exfil.dns", "high", thread, () => ({ detail, because, wouldAllow: `${domain} under approvedDomains` }));
}

/** Distinct names below each registrable domain. */
function domainsOf({ questions }: DnsFacts, context: Context): Map<string, string[]> {
  const domains = new Map<string, string[]>();
  for (const { name } of questions) {
    const domain = domainOf(name, context);
    if (domain === undefined || name.length <= domain.length) continue;
    const names = domains.get(domain);
    if (names === undefined) domains.set(domain, [name]);
    else names.push(name);
  }
  return domains;
}

function domainOf(name: string, { destinations, memory }: Context): string | undefined {
  if (name.endsWith(".arpa") || memory.approved.has(name)) return undefined;
  return destinations.ofName(name)?.text;
}
