import { formatMicros } from "../lib/time.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Authorisation, Party, Site } from "../model/site.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import { addToWindow, reportFlow, reportGrowth, threadOf } from "./report.ts";

const DAY_MICROS = 86_400e6;
const MINUTE_MICROS = 60e6;
const AUTHORISATION_RULE = "authorisation:";
/** Art. 45 as a basis ("GDPR 45", "GDPR Art. 45(3)"), and Art. 49. */
const ADEQUACY = /\b45\b/;
const DEROGATION = /\b49\b/;
/** (list, country) pairs remembered: all countries of 64 lists. */
const COUNTRIES_KEPT = 16_384;

/** Days before the end of a decision from which notice is given; then again at each of these. */
const NOTICE_DAYS = [30, 90, 180];

/** A decision on adequacy that ends. */
interface Ending {
  decision: string;
  lastDay: string;
  /** First microsecond after its last day. */
  endMicros: number;
}

/** Authorisations by what judgements call them, and when each country of a list was last relied on. */
class Bases {
  /** Decisions with a last day, by list and country. */
  private readonly endings = new Map<string, Map<string, Ending>>();
  private readonly byId: ReadonlyMap<string, Authorisation>;
  private readonly lastRelied = new Map<string, Map<string, number>>();
  private kept = 0;
  /** What was noted last: the same within a minute is not noted again. */
  private last = { list: "", country: "", atMicros: 0 };

  constructor(site: Site | undefined) {
    this.byId = new Map((site?.authorisations ?? []).map((authorisation) => [authorisation.id, authorisation]));
    for (const { name, adequacyEnds } of site?.jurisdictions ?? [])
      for (const { country, decision, lastDay } of adequacyEnds ?? []) {
        const endMicros = Date.parse(`${lastDay}T00:00:00Z`) * 1000 + DAY_MICROS;
        const ofList = this.endings.get(name) ?? new Map<string, Ending>();
        this.endings.set(name, ofList.set(country, { decision, lastDay, endMicros }));
      }
  }

  endingOf(list: string, country: string): Ending | undefined {
    return this.endings.get(list)?.get(country);
  }

  authorisationOf({ judgement }: JudgedFlow): Authorisation | undefined {
    if (judgement.word !== "authorised" || !judgement.rule.startsWith(AUTHORISATION_RULE)) return undefined;
    return this.byId.get(judgement.rule.slice(AUTHORISATION_RULE.length));
  }

  /** An authorisation by derogation that would have allowed the flow, had it not ended. */
  endedFor({ judgement }: JudgedFlow): Authorisation | undefined {
    const { lapsed } = judgement;
    if (lapsed === undefined) return undefined;
    return lapsed.map((id) => this.byId.get(id)).find((entry) => entry !== undefined && DEROGATION.test(entry.basis));
  }

  relied(list: string, country: string, atMicros: number): void {
    const { last } = this;
    if (country === last.country && list === last.list && atMicros - last.atMicros < MINUTE_MICROS) return;
    last.list = list;
    last.country = country;
    last.atMicros = atMicros;
    let countries = this.lastRelied.get(list);
    if (countries === undefined) {
      countries = new Map();
      this.lastRelied.set(list, countries);
    }
    const before = countries.get(country);
    if (before !== undefined && atMicros <= before) return;
    if (before === undefined) {
      if (this.kept >= COUNTRIES_KEPT) return;
      this.kept += 1;
    }
    countries.set(country, atMicros);
  }

  lastReliedOn(list: string, country: string): number | undefined {
    return this.lastRelied.get(list)?.get(country);
  }

  save(): unknown {
    return [...this.lastRelied].map(([list, countries]) => [list, [...countries]]);
  }

  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const [list, countries] of saved)
      if (typeof list === "string" && Array.isArray(countries))
        for (const [country, atMicros] of countries)
          if (typeof country === "string" && typeof atMicros === "number") this.relied(list, country, atMicros);
  }
}

/** Catalogue 10. */
export const adequacyChanged = defineDetection({
  name: "basis.adequacy_changed",
  title: "The ground that transfers rest on has changed",
  severity: "high; info as notice before a decision ends",
  relevantTo: ["GDPR 45", "GDPR 46"],
  next: [
    "List the transfers to that country or organisation, and find another basis for each (GDPR 46: standard clauses with an assessment).",
    "Until there is one, have them stopped.",
    "For a US organisation: look it up on dataprivacyframework.gov, and enter its certification with its date in the register.",
  ],
  doc: `Fires when a jurisdiction list in use loses a country (an adequacy decision that ended, was revoked, or an edit of the list) to which flows were allowed by it in the
last 30 days; when a decision with a last day that a list rests on has ended while flows still rely on it (notice, as information, from 180, 90 and 30 days before);
and for an established flow to a party in the US that is authorised on GDPR 45 while the register has no current Data Privacy Framework certification of the party.`,
  concern: "crossing",
  thresholds: { lookBackDays: { default: 30, doc: "days of flows that a change is held against" } },
  remember: ({ site }) => new Bases(site),
  evaluate(judged, context) {
    const { location, judgement, party } = judged;
    const country = location?.place.countries[0];
    if (country === undefined) return;
    const atMicros = judged.flow.endMicros;
    if (judgement.word === "approved") {
      context.memory.relied(location!.list, country, atMicros);
      const ending = context.memory.endingOf(location!.list, country);
      if (ending !== undefined) tellEnding(judged, country, ending, context);
    }
    if (country !== "US" || party === undefined || !judged.isEstablished) return;
    const authorisation = context.memory.authorisationOf(judged);
    if (authorisation === undefined || !ADEQUACY.test(authorisation.basis) || hasCertification(party, atMicros)) return;
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      rule: `authorisation:${authorisation.id}`,
      because: `${authorisation.id} rests on ${authorisation.basis}, and the register has no current Data Privacy Framework certification of ${party.title}`,
      wouldAllow: `a current certification of ${party.title} (document kind dpf) in the register, or another basis (GDPR 46)`,
    }));
  },
  onReport(report, nowMs, context) {
    if (report.about !== "policy") return;
    const inUse = new Set(report.before.zones.filter(({ isJudged }) => isJudged).map(({ jurisdiction }) => jurisdiction));
    const sinceMicros = nowMs * 1000 - context.settings.lookBackDays * DAY_MICROS;
    for (const list of report.before.jurisdictions) {
      if (!inUse.has(list.name)) continue;
      const after = new Set(report.after.jurisdictions.find(({ name }) => name === list.name)?.countries);
      for (const country of list.countries) {
        const lastMicros = after.has(country) ? undefined : context.memory.lastReliedOn(list.name, country);
        if (lastMicros === undefined || lastMicros < sinceMicros) continue;
        context.reporter.report({
          detection: this.name,
          severity: "high",
          key: [list.name, country],
          atMicros: nowMs * 1000,
          sinceMicros: lastMicros,
          name: `jurisdiction list ${list.name}`,
          detail: `${country} is no longer on it, and flows relied on that, the last at ${formatMicros(lastMicros)}`,
          countries: [country],
          rule: `list:${list.name}`,
          because: "an adequacy decision ended, was revoked, or the list was edited",
          wouldAllow: `${country} on the list ${list.name} again, or an authorisation with another basis (GDPR 46)`,
        });
      }
    }
  },
});

/** Notice before a decision ends, a finding after it: the list still approves the country, and the law does not. */
function tellEnding(
  judged: JudgedFlow,
  country: string,
  { decision, lastDay, endMicros }: Ending,
  context: FlowContext<"lookBackDays">,
): void {
  const daysLeft = Math.ceil((endMicros - judged.flow.endMicros) / DAY_MICROS);
  const isOver = daysLeft <= 0;
  const stage = isOver ? 0 : NOTICE_DAYS.find((days) => daysLeft <= days);
  if (stage === undefined || !judged.isEstablished) return;
  const { list } = judged.location!;
  const thread = context.threads.of(undefined, context.destinations.ofText(`${list}, ${stage}`), country);
  reportFlow(judged, context, "basis.adequacy_changed", isOver ? "high" : "info", thread, () => ({
    rule: `list:${list}`,
    because: isOver
      ? `${decision}, on which ${list} approves ${country}, ended on ${lastDay}`
      : `${decision}, on which ${list} approves ${country}, ends on ${lastDay}, in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}`,
    wouldAllow: `a renewed decision, entered in the list ${list}, or an authorisation with another basis (GDPR 46)`,
  }));
}

function hasCertification({ documents }: Party, atMicros: number): boolean {
  return (documents ?? []).some(
    ({ kind, ends }) => kind === "dpf" && (ends === undefined || atMicros < Date.parse(`${ends}T00:00:00Z`) * 1000 + DAY_MICROS),
  );
}

/** Catalogue 11. */
export const derogationOveruse = defineDetection({
  name: "derogation.overuse",
  title: "A derogation is used like a rule, or after its end",
  severity: "medium",
  relevantTo: ["GDPR 49"],
  next: [
    "Ask why the exception became the habit: Art. 49 is for single cases (EDPB Guidelines 2/2018).",
    "Find a basis that carries regular transfers (GDPR 45, 46), and enter it as an authorisation.",
  ],
  doc: `Fires when an authorisation whose basis is GDPR 49 was used by more flows within 30 days than it says (\`mostUsesIn30Days\`), or than the default here; and for an
established flow that one of them would have allowed, after its last day, and nothing else does.`,
  concern: ["authorised", "outside-list", "undecided"],
  thresholds: { maxUses: { default: 20, doc: "flows within 30 days that a derogation may carry, where it says nothing itself" } },
  remember: ({ site }) => new Bases(site),
  evaluate(judged, context) {
    if (!judged.isEstablished) return;
    const { memory, ledger, destinations, threads, monthSums, settings } = context;
    const authorisation = memory.authorisationOf(judged) ?? memory.endedFor(judged);
    if (authorisation === undefined || !DEROGATION.test(authorisation.basis)) return;
    ledger.share(judged);
    const isOver = judged.judgement.word !== "authorised";
    const thread = threads.of(undefined, destinations.ofText(`${authorisation.id}${isOver ? ", ended" : ""}`), "");
    // Where an exporter sends a record each way, the two are one use.
    const isCounted = judged.flow.facts?.export?.isContinued === true;
    const uses = addToWindow(monthSums, thread, judged.flow.endMicros, isCounted ? 0 : ledger.flows);
    const most = authorisation.mostUsesIn30Days ?? settings.maxUses;
    if (!isOver && uses <= most) return;
    reportGrowth(judged, context, ledger, this.name, "medium", thread, () => ({
      rule: `authorisation:${authorisation.id}`,
      because: isOver
        ? `${authorisation.id} (${authorisation.basis}) ended on ${authorisation.until}`
        : `${authorisation.id} (${authorisation.basis}) carried ${uses} flows in 30 days, more than ${most}`,
      wouldAllow: "a basis for regular transfers (GDPR 45, 46)",
    }));
  },
});
