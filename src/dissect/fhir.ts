import { FHIR_RESOURCES } from "./fhir-resources.ts";
import type { Stream } from "./stream.ts";

/** Of a target that is looked at. */
const LONGEST_TARGET = 512;
const MEDIA_TYPE = /\bapplication\/(?:fhir\+[a-z]+|(?:json|xml)\+fhir)\b/i;
const VERSION = /\bfhirversion=["']?(\d{1,2}\.\d{1,2})/i;
const FHIR_SEGMENT = /^fhir$|^fhir[-_.]?r?\d|^(?:base)?(?:dstu[23]|stu3|r[45]b?)$/i;
/** What a segment of these cannot be without: most paths are not worth taking apart. */
const MAY_HOLD_BASE = /fhir|stu[23]|r[45]/i;

/** Interactions with a type or an instance (HL7 FHIR R4 §3.1.0), by method. */
const ON_TYPE: Readonly<Record<string, string>> = {
  GET: "search-type",
  HEAD: "search-type",
  POST: "create",
  DELETE: "delete",
  PUT: "update",
  PATCH: "patch",
};
const ON_INSTANCE: Readonly<Record<string, string>> = { GET: "read", HEAD: "read", PUT: "update", PATCH: "patch", DELETE: "delete" };

/** A request whose media types (Content-Type and Accept, as they stand) or path are FHIR's: names of types and interactions; ids are not kept. */
export function takeFhirRequest(stream: Stream, method: string, target: string, mediaTypes: string): boolean {
  const isSaid = MEDIA_TYPE.test(mediaTypes);
  if (!isSaid && !MAY_HOLD_BASE.test(target)) return false;
  const segments = pathOf(target);
  const base = segments.findIndex((segment) => FHIR_SEGMENT.test(segment));
  if (!isSaid && base < 0) return false;
  const first = segments.findIndex((segment, n) => n > base && FHIR_RESOURCES.has(segment));
  // A path alone has to name a type, or ask what the server can do.
  const isMetadata = segments.at(-1) === "metadata";
  if (!isSaid && first < 0 && !isMetadata) return false;
  const facts = factsOf(stream);
  for (const segment of first < 0 ? [] : segments.slice(first))
    if (FHIR_RESOURCES.has(segment)) stream.add((facts.resourceTypes ??= []), segment);
  const interaction = isMetadata
    ? "capabilities"
    : interactionOf(method, first < 0 ? segments.slice(base + 1) : segments.slice(first), first >= 0);
  if (interaction !== undefined) stream.add((facts.interactions ??= []), interaction);
  takeVersion(stream, mediaTypes);
  return true;
}

/** An answer whose Content-Type is FHIR's. */
export function takeFhirAnswer(stream: Stream, mediaType: string): void {
  if (!MEDIA_TYPE.test(mediaType)) return;
  factsOf(stream);
  takeVersion(stream, mediaType);
}

function takeVersion(stream: Stream, mediaTypes: string): void {
  const version = VERSION.exec(mediaTypes)?.[1];
  if (version !== undefined) factsOf(stream).version ??= version;
}

/** `path`: what follows the base; with a type at its head, or of the whole system. */
function interactionOf(method: string, path: readonly string[], hasType: boolean): string | undefined {
  if (path.some((segment) => segment.startsWith("$"))) return "operation";
  const history = path.indexOf("_history");
  if (!hasType) return history >= 0 ? "history-system" : method === "POST" ? "batch" : undefined;
  if (history === 1) return "history-type";
  if (history === 2) return path.length > 3 ? "vread" : "history-instance";
  if (path.includes("_search")) return "search-type";
  if (path.length === 1) return ON_TYPE[method];
  // A type below an instance is its compartment.
  return path.length === 2 ? ON_INSTANCE[method] : "search-type";
}

/** Segments of the target's path, without the query. */
function pathOf(target: string): string[] {
  const path = target.slice(0, LONGEST_TARGET).replace(/^[a-z]+:\/\/[^/]*/i, "");
  return path
    .split(/[?#]/, 1)[0]
    .split("/")
    .filter((segment) => segment !== "");
}

function factsOf(stream: Stream) {
  const { facts } = stream;
  if (facts.fhir === undefined) {
    stream.add(facts.protocols, "fhir");
    facts.fhir = {};
    stream.report();
  }
  return facts.fhir;
}
