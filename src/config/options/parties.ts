import { z } from "zod";
import { DATA_CLASSES, PARTY_ROLES } from "../../model/site.ts";
import { option } from "../declare.ts";
import { country, day, domain, identifier, line, list, network, whole } from "../values.ts";

export const party = z.strictObject({
  name: option(identifier(), { doc: "What authorisations and queries call it.", example: "acme-pacs" }),
  title: option(line().optional(), { doc: "For people.", defaultText: "the name", example: "Acme PACS GmbH" }),
  role: option(z.enum(PARTY_ROLES), {
    doc: "`processor` and `sub-processor` (GDPR 28), `own-site` (another site of yours), `provider` (known, no processor), `lane` (a lawful exchange such as MyHealth@EU).",
  }),
  services: option(list(line(100)).default([]), { doc: "What it does for you.", example: ["image archive"] }),
  data: option(list(z.enum(DATA_CLASSES)).default([]), { doc: "Data classes that the contract covers." }),
  domains: option(list(domain(), 1_000_000).default([]), {
    doc: "Domain suffixes: `acme.eu` matches itself and all below it.",
    example: ["acme.eu"],
  }),
  networks: option(list(network(), 1_000_000).default([]), { doc: "Its networks; the most specific one decides." }),
  asns: option(list(whole(1, 4_294_967_295), 10_000).default([]), { doc: "Its autonomous systems, asked last.", example: [64500] }),
  countries: option(list(country(), 300).default([]), {
    doc: "Contracted countries (ISO 3166-1 alpha-2). Empty: the contract names none, and country drift cannot be seen.",
    example: ["DE", "LU"],
  }),
  agreementEnds: option(day().optional(), { doc: "Last day of the data-processing agreement (GDPR 28(3)).", unit: "YYYY-MM-DD, UTC" }),
});

export const parties = option(list(party, 100_000).default([]), {
  doc: "Who answers at the outside ends: the register of processors and known providers.",
  reload: "hot",
});
