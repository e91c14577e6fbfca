import { defineLabel } from "./label.ts";

/** A Patient resource in JSON (HL7 FHIR R4 §2.6.2.2), as serialisers put it. */
export const fhirPatientJson = defineLabel({
  kind: "text",
  label: "fhir-patient",
  words: ['"resourceType":"Patient"', '"resourceType": "Patient"', '"resourceType" : "Patient"'],
});

/** In XML (§2.6.1): the element, and the namespace on it or on what holds it. */
export const fhirPatientXml = defineLabel({
  kind: "text",
  label: "fhir-patient",
  words: ["<Patient>", "<Patient "],
  beside: ['"http://hl7.org/fhir"', "'http://hl7.org/fhir'"],
});
