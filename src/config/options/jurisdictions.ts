import { z } from "zod";
import { option } from "../declare.ts";
import { country, identifier, line, list } from "../values.ts";

export const jurisdiction = option(identifier().default("eu-eea"), {
  doc: "The jurisdiction list for zones that name none. Built in: `lu` (Luxembourg only), `eu-eea`, `eea-adequacy`; more under `jurisdictions`.",
  reload: "hot",
});

export const jurisdictionList = z.strictObject({
  name: option(identifier(), { doc: "What zones call it.", example: "benelux" }),
  title: option(line().optional(), { doc: "For people.", defaultText: "the name" }),
  countries: option(list(country(), 300).min(1), {
    doc: "Approved countries (ISO 3166-1 alpha-2). Never US or CA: for these adequacy covers only some organisations, so name them in an authorisation.",
    example: ["BE", "NL", "LU"],
  }),
  source: option(line(500), { doc: "The decision that the list rests on.", example: "Board decision 2026-04" }),
});

export const jurisdictions = option(list(jurisdictionList, 100).default([]), {
  doc: "Your own jurisdiction lists, beside the built-in ones.",
  reload: "hot",
});
