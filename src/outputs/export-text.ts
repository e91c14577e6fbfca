import type { ExportFacts } from "../model/facts.ts";
import { jsonText, quoted } from "./json-text.ts";

/** `,"observer":{…}`: who exported the record. Nothing where nobody knows (a payload without its packet). */
export function observerText({ observer }: ExportFacts): string {
  return observer === "" ? "" : `,"observer":{"ip":${quoted(observer)}}`;
}

/** `,"nat":{…}` of the source or the destination, or "". */
export function natText(end: ExportFacts["natSource"]): string {
  const text = jsonText(end);
  return text === "" ? "" : `,"nat":${text}`;
}

/** `,"export":{…}`: the contract's `bordertap.export`. */
export function exportText({ kind, domainId, templateId, samplingRate, ingress, egress, direction }: ExportFacts): string {
  return `,"export":${jsonText({ kind, domainId, templateId, samplingRate, ingress, egress, direction })}`;
}

/** `,"packets":n` and `,"bytes":n`, as far as the record has them. */
export function countersText(packets: number, bytes: number, uncounted: ExportFacts["uncounted"]): string {
  if (uncounted === undefined) return `,"packets":${packets},"bytes":${bytes}`;
  return `${uncounted.includes("packets") ? "" : `,"packets":${packets}`}${uncounted.includes("bytes") ? "" : `,"bytes":${bytes}`}`;
}
