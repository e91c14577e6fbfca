import { z } from "zod";
import { DATA_CLASSES, DOCUMENT_KINDS, PARTY_ROLES } from "../../model/site.ts";
import { option } from "../declare.ts";
import { checkedText, country, day, domain, identifier, line, list, network, path, whole } from "../values.ts";

const FEWEST_SUBJECT_CHARACTERS = 4;

const partyDocument = z.strictObject({
  kind: option(z.enum(DOCUMENT_KINDS), {
    doc: "`dpa` (GDPR 28(3)), `scc` (46(2)(c)), `tia` (transfer impact assessment), `bcr` (47), `dpf` (45, Decision (EU) 2023/1795), `iso27001`, `hds` or `other`.",
  }),
  ends: option(day().optional(), { doc: "Last day, inclusive.", unit: "YYYY-MM-DD, UTC" }),
  reference: option(line(500).optional(), { doc: "Where it is kept.", example: "DPO/2026/17" }),
});

export const party = z.strictObject({
  name: option(identifier(), { doc: "What authorisations and queries call it.", example: "acme-pacs" }),
  title: option(line().optional(), { doc: "For people.", defaultText: "the name", example: "Acme PACS GmbH" }),
  role: option(z.enum(PARTY_ROLES), {
    doc: "`processor` and `sub-processor` (GDPR 28), `own-site` (another site of yours), `provider` (known, no processor), `lane` (a lawful exchange such as MyHealth@EU).",
  }),
  worksFor: option(identifier().optional(), { doc: "The party that a sub-processor works for (GDPR 28(4)).", example: "acme-pacs" }),
  services: option(list(line(100)).default([]), { doc: "What it does for you.", example: ["image archive"] }),
  data: option(list(z.enum(DATA_CLASSES)).default([]), { doc: "Data classes that the contract covers." }),
  purposes: option(list(line(500), 100).default([]), { doc: "Purposes that the contract names (GDPR 28(3))." }),
  domains: option(list(domain(), 1_000_000).default([]), {
    doc: "Domain suffixes: `acme.eu` matches itself and all below it.",
    example: ["acme.eu"],
  }),
  networks: option(list(network(), 1_000_000).default([]), { doc: "Its networks; the most specific one decides." }),
  asns: option(list(whole(1, 4_294_967_295), 10_000).default([]), { doc: "Its autonomous systems, asked last.", example: [64500] }),
  certificateSubjects: option(list(checkedText("text", wrongSubject), 1000).default([]), {
    doc: "Parts of the subject of its certificates (RFC 4514), case aside; at least four characters. Read where TLS 1.2 or before shows the certificate.",
    example: ["O=Acme PACS GmbH"],
  }),
  aeTitles: option(list(checkedText("AE title", wrongAeTitle), 1000).default([]), {
    doc: "Its DICOM application entity titles (PS3.5 §6.2), as called by hosts inside or calling from outside.",
    example: ["ACME_ARCHIVE"],
  }),
  countries: option(list(country(), 300).default([]), {
    doc: "Contracted countries (ISO 3166-1 alpha-2). Empty: the contract names none, and country drift cannot be seen.",
    example: ["DE", "LU"],
  }),
  regions: option(list(checkedText("cloud region", wrongRegion), 300).default([]), {
    doc: "Contracted cloud regions, `provider:region` in the provider's own words. Empty: the contract names none.",
    example: ["aws:eu-central-1"],
  }),
  cdnAllowed: option(z.boolean().default(false), { doc: "The contract allows delivery by a CDN or anycast edge." }),
  agreementEnds: option(day().optional(), { doc: "Last day of the data-processing agreement (GDPR 28(3)).", unit: "YYYY-MM-DD, UTC" }),
  documents: option(list(partyDocument, 100).default([]), { doc: "Papers that transfers to it rest on, with their last day." }),
  contacts: option(list(line(200), 20).default([]), {
    doc: "Whom to notify: mail addresses or telephone numbers of its desks, no persons.",
    example: ["privacy@acme.example"],
  }),
});

export const parties = option(list(party, 100_000).default([]), {
  doc: "Who answers at the outside ends: the register of processors and known providers.",
  reload: "hot",
});

export const partiesFile = option(path().optional(), {
  doc: "A CSV file with more parties, read with the configuration and checked the same; `bordertap parties import` checks one alone.",
  example: "parties.csv",
  reload: "hot",
});

function wrongSubject(text: string): { message: string } | undefined {
  if (text.length < FEWEST_SUBJECT_CHARACTERS || text.length > 200)
    return { message: `must have ${FEWEST_SUBJECT_CHARACTERS} to 200 characters` };
  return /\p{Cc}/u.test(text) ? { message: "must be one line without control characters" } : undefined;
}

/** At most 16 characters, no backslash nor control characters, not spaces alone (PS3.5 §6.2, VR AE). */
function wrongAeTitle(text: string): { message: string } | undefined {
  return /^(?! *$)[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text)
    ? undefined
    : { message: `${JSON.stringify(text.slice(0, 80))} is no AE title: 1 to 16 ASCII characters, no backslash` };
}

function wrongRegion(text: string): { message: string; suggestion?: string } | undefined {
  if (/^[a-z0-9]+:[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return undefined;
  return {
    message: `${JSON.stringify(text.slice(0, 80))} is no cloud region`,
    suggestion: "write provider:region, for example aws:eu-central-1",
  };
}
