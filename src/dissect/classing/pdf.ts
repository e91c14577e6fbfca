import { defineLabel, standsAt } from "./label.ts";

/** ISO 32000-1 §7.5.2. */
export const pdf = defineLabel({ kind: "opening", label: "pdf", test: (bytes, start, end) => standsAt(bytes, start, end, "%PDF-") });
