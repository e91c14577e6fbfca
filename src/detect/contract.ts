import type { Party, PartyDocument } from "../model/site.ts";
import { defineDetection } from "./detection.ts";
import { reportGrowth } from "./report.ts";

const DAY_MICROS = 86_400e6;
const NOTICE_DAYS = [7, 30, 60];

interface Paper {
  title: string;
  /** First microsecond after its last day. */
  endMicros: number;
}

interface Papers {
  all: readonly Paper[];
  /** Before this nothing is to be said. */
  quietUntilMicros: number;
}

const TITLES: Record<PartyDocument["kind"], string> = {
  dpa: "data-processing agreement",
  scc: "standard contractual clauses",
  tia: "transfer impact assessment",
  bcr: "binding corporate rules",
  dpf: "Data Privacy Framework certification",
  iso27001: "ISO 27001 certificate",
  hds: "HDS certificate",
  other: "document",
};

/** Catalogue 9. */
export const contractExpired = defineDetection({
  name: "processor.contract_expired",
  title: "Data goes to a party whose papers have ended, or end soon",
  severity: "high after the end, info before it",
  relevantTo: ["GDPR 28(3)", "GDPR 46", "NIS2 21(2)(d)"],
  next: [
    "Ask the owner of the contract for the renewal, and enter its new date in the register.",
    "If there is none: the transfer has lost its ground. Stop it, or find another (GDPR 28(3), 46).",
  ],
  doc: `Fires for an established flow to a registered party when one of its papers (data-processing agreement, standard clauses, transfer impact assessment,
certificates) is past its last day; and gives notice, as information, from 60, 30 and 7 days before. One alert per party, paper and notice. Days are UTC; the time is that of the
packets. Where a paper of the same kind is valid for longer, the older one does not count.`,
  concern: "registered",
  thresholds: { noticeDays: { default: 60, doc: "days before the end from which notice is given; then at 30 and 7" } },
  remember: () => new WeakMap<Party, Papers>(),
  evaluate(judged, context) {
    const party = judged.party!;
    const noticeMicros = context.settings.noticeDays * DAY_MICROS;
    let papers = context.memory.get(party);
    if (papers === undefined) {
      papers = papersOf(party, noticeMicros);
      context.memory.set(party, papers);
    }
    const atMicros = judged.flow.endMicros;
    if (atMicros < papers.quietUntilMicros || !judged.isEstablished) return;
    context.ledger.share(judged);
    for (const { title, endMicros } of papers.all) {
      if (atMicros < endMicros - noticeMicros) continue;
      const daysLeft = Math.ceil((endMicros - atMicros) / DAY_MICROS);
      const isOver = atMicros >= endMicros;
      const stage = isOver ? "ended" : `${NOTICE_DAYS.find((days) => daysLeft <= days) ?? context.settings.noticeDays} days`;
      const thread = context.threads.of(undefined, context.destinations.ofText(`${party.name}: ${title}, ${stage}`), "");
      const lastDay = new Date(endMicros / 1000 - 1).toISOString().slice(0, 10);
      const words = isOver
        ? { because: `the ${title} of ${party.title} ended on ${lastDay}`, wouldAllow: `a renewed ${title}, entered in the register` }
        : { because: `the ${title} of ${party.title} ends on ${lastDay}, in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}` };
      const rule = `contract:${party.name}`;
      reportGrowth(judged, context, context.ledger, this.name, isOver ? "high" : "info", thread, () => ({ rule, ...words }));
    }
  },
});

/** The last paper of each kind; the agreement's own date counts as one. */
function papersOf(party: Party, noticeMicros: number): Papers {
  const latest = new Map<string, number>();
  const put = (title: string, day: string | undefined) => {
    const endMicros = day === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${day}T00:00:00Z`) * 1000 + DAY_MICROS;
    latest.set(title, Math.max(latest.get(title) ?? Number.NEGATIVE_INFINITY, endMicros));
  };
  if (party.agreementEnds !== undefined) put(TITLES.dpa, party.agreementEnds);
  for (const { kind, ends, reference } of party.documents ?? [])
    put(kind === "other" && reference !== undefined ? `document ${reference}` : TITLES[kind], ends);
  const all = [...latest].map(([title, endMicros]) => ({ title, endMicros })).filter(({ endMicros }) => Number.isFinite(endMicros));
  const soonest = Math.min(...all.map(({ endMicros }) => endMicros));
  return { all, quietUntilMicros: soonest - noticeMicros };
}
