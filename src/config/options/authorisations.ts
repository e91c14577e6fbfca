import { z } from "zod";
import { DATA_CLASSES } from "../../model/site.ts";
import { option } from "../declare.ts";
import { checkedText, country, day, identifier, line, list, whole } from "../values.ts";

/** Weekdays as they are written, in the order of ISO 8601: the first is day 1. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const hours = z.strictObject({
  days: option(
    list(z.enum(WEEKDAYS), 7)
      .min(1)
      .default([...WEEKDAYS]),
    { doc: "Weekdays.", example: ["mon", "tue"] },
  ),
  from: option(timeOfDay(), { doc: "First minute.", unit: "HH:MM in site.timeZone", example: "07:00" }),
  until: option(timeOfDay(), {
    doc: "End, not included; at or before `from` it is on the day after. 24:00 is midnight.",
    unit: "HH:MM in site.timeZone",
    example: "19:00",
  }),
});

export const authorisation = z.strictObject({
  id: option(identifier(), { doc: "What judgements and alerts call it.", example: "A-12" }),
  zones: option(list(identifier()).default([]), { doc: "Zones that it is for; empty: all." }),
  parties: option(list(identifier()).default([]), { doc: "Parties that it is for; empty: all, and then `countries` must be given." }),
  countries: option(list(country(), 300).default([]), {
    doc: "Countries that it is for; empty: wherever the parties' own networks or AS numbers answer, and within the contracted countries where a name, certificate or AE title alone tells the party. US and CA need `parties` and `until`.",
    example: ["CH"],
  }),
  data: option(list(z.enum(DATA_CLASSES)).default([]), {
    doc: "Data classes that it is for; empty: all. A zone is covered when all that it holds is among them: which of it a flow carries cannot be seen.",
    example: ["imaging"],
  }),
  purpose: option(line(500), { doc: "Why the data goes there.", example: "Second opinion in radiology" }),
  basis: option(line(), { doc: "Legal basis: the article of chapter V (GDPR 45, 46, 47 or 49).", example: "GDPR 46(2)(c)" }),
  reference: option(line(500).optional(), { doc: "Contract, decision or assessment.", example: "SCC 2026-03, TIA 2026-04" }),
  from: option(day().optional(), { doc: "First day, inclusive.", unit: "YYYY-MM-DD, UTC" }),
  until: option(day().optional(), { doc: "Last day, inclusive.", unit: "YYYY-MM-DD, UTC" }),
  hours: option(hours.optional(), {
    doc: "Hours of the week in which it holds, by the site's own clock and packet time.",
    defaultText: "always",
  }),
  mostUsesIn30Days: option(whole(1, 1_000_000).optional(), {
    doc: "Flows in 30 days beyond which its use is no exception any more; for derogations (GDPR 49).",
    unit: "flows",
  }),
  owner: option(line(100).optional(), { doc: "Who answers for it." }),
  ticket: option(line(100).optional(), { doc: "Where it was decided." }),
});

export const authorisations = option(list(authorisation, 10_000).default([]), {
  doc: "Transfers that policy allows beyond the jurisdiction lists. The first that matches decides.",
  reload: "hot",
});

function timeOfDay() {
  return checkedText("time of day", (text) =>
    /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)
      ? undefined
      : { message: `${JSON.stringify(text.slice(0, 80))} is no time of day (HH:MM)` },
  );
}
