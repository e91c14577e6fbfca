import { z } from "zod";
import { option } from "../declare.ts";
import { country, day, identifier, line, list } from "../values.ts";

export const authorisation = z.strictObject({
  id: option(identifier(), { doc: "What judgements and alerts call it.", example: "A-12" }),
  zones: option(list(identifier()).default([]), { doc: "Zones that it is for; empty: all." }),
  parties: option(list(identifier()).default([]), { doc: "Parties that it is for; empty: all, and then `countries` must be given." }),
  countries: option(list(country(), 300).default([]), {
    doc: "Countries that it is for; empty: wherever the parties are. US and CA need `parties` and `until`.",
    example: ["CH"],
  }),
  purpose: option(line(500), { doc: "Why the data goes there.", example: "Second opinion in radiology" }),
  basis: option(line(), { doc: "Legal basis.", example: "GDPR 46(2)(c)" }),
  reference: option(line(500).optional(), { doc: "Contract, decision or assessment.", example: "SCC 2026-03, TIA 2026-04" }),
  from: option(day().optional(), { doc: "First day, inclusive.", unit: "YYYY-MM-DD, UTC" }),
  until: option(day().optional(), { doc: "Last day, inclusive.", unit: "YYYY-MM-DD, UTC" }),
  owner: option(line(100).optional(), { doc: "Who answers for it." }),
  ticket: option(line(100).optional(), { doc: "Where it was decided." }),
});

export const authorisations = option(list(authorisation, 10_000).default([]), {
  doc: "Transfers that policy allows beyond the jurisdiction lists. The first that matches decides.",
  reload: "hot",
});
