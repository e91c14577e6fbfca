import { defineLabel } from "./label.ts";

/** A patient identification segment (HL7 v2.x §3.4.2), with the separator that all but everybody uses. Segments end with a carriage return; files are kept with line feeds too. */
export const hl7Pid = defineLabel({ kind: "text", label: "hl7-pid", words: ["\rPID|", "\nPID|"], beside: ["MSH|^", "\rPV1|", "\nPV1|"] });
