import { defineLabel } from "./label.ts";

/**
 * A participant object of an audit message whose role is that of a patient (RFC 3881 §5.5.2, DICOM PS3.15 §A.5.1), where one is
 * identified by a patient number (RFC 3881 §5.5.4, code 2).
 */
export const atnaPatient = defineLabel({
  kind: "text",
  label: "atna-patient",
  words: ['ParticipantObjectTypeCodeRole="1"', "ParticipantObjectTypeCodeRole='1'"],
  beside: [
    'ParticipantObjectIDTypeCode code="2"',
    "ParticipantObjectIDTypeCode code='2'",
    'ParticipantObjectIDTypeCode csd-code="2"',
    "ParticipantObjectIDTypeCode csd-code='2'",
    'originalText="Patient Number"',
    "originalText='Patient Number'",
    'displayName="Patient Number"',
    "displayName='Patient Number'",
  ],
});
