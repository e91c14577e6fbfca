import { defineLabel } from "./label.ts";

/** An HL7 Clinical Document Architecture document (CDA R2 §4.1), whatever prefix its namespace has. */
export const cda = defineLabel({
  kind: "text",
  label: "cda",
  words: ["<ClinicalDocument", "<cda:ClinicalDocument", "<hl7:ClinicalDocument", "<n1:ClinicalDocument", "<ns0:ClinicalDocument"],
  beside: ["urn:hl7-org:v3"],
});
