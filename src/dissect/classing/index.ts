import { atnaPatient } from "./atna-patient.ts";
import { cda } from "./cda.ts";
import { dicomPatient } from "./dicom-patient.ts";
import { fhirPatientJson, fhirPatientXml } from "./fhir-patient.ts";
import { hl7Pid } from "./hl7-pid.ts";
import { imageGif, imageJpeg, imageJpeg2000, imagePng, imageTiff } from "./images.ts";
import type { Label } from "./label.ts";
import { nationalIdBe } from "./national-id-be.ts";
import { nationalIdDe } from "./national-id-de.ts";
import { nationalIdFr } from "./national-id-fr.ts";
import { nationalIdLu } from "./national-id-lu.ts";
import { pdf } from "./pdf.ts";
import { zip } from "./zip.ts";

/** Everything that content is classed by. Several entries may share a label: they count together. */
export const LABELS: readonly Label[] = [
  hl7Pid,
  fhirPatientJson,
  fhirPatientXml,
  dicomPatient,
  cda,
  atnaPatient,
  pdf,
  zip,
  imagePng,
  imageJpeg,
  imageJpeg2000,
  imageGif,
  imageTiff,
  nationalIdLu,
  nationalIdFr,
  nationalIdDe,
  nationalIdBe,
];
