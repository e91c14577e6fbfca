import { defineLabel, standsAt } from "./label.ts";

/** PKWARE APPNOTE §4.3.7; office documents and Java archives are such. */
export const zip = defineLabel({ kind: "opening", label: "zip", test: (bytes, start, end) => standsAt(bytes, start, end, "PK\x03\x04") });
