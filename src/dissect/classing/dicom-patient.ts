import { defineLabel } from "./label.ts";

/** A DICOM data set that tells a patient's name (0010,0010) or id (0010,0020); PS3.6 §6. */
export const dicomPatient = defineLabel({ kind: "elements", label: "dicom-patient", elements: [0x00100010, 0x00100020] });
