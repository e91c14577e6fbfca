import type { Stream } from "./stream.ts";

/** Of a field, and of the beginning of a body, in which an action is looked for. */
const LONGEST_FIELD = 1024;
export const SOAP_HEAD_BYTES = 4096;
/** SOAP 1.2, 1.1, and the packages of both with attachments (RFC 3902; W3C SOAP 1.1; MTOM §3). */
const SOAP_TYPE = /^(?:application\/(?:soap|xop)\+xml|text\/xml|multipart\/related)\b/i;

/** Actions of a transaction, the word of its profile, and its name; answers have "Response" after the action. */
const TRANSACTIONS: readonly (readonly [actions: string, word: string, name: string])[] = [
  // IHE ITI TF-2, §3.18, §3.41 to §3.43, §3.51, §3.57, §3.61, §3.62; IHE RAD TF-3 §4.69.
  ["urn:ihe:iti:2007:RegistryStoredQuery", "xds", "ITI-18 Registry Stored Query"],
  ["urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b", "xds", "ITI-41 Provide and Register Document Set-b"],
  ["urn:ihe:iti:2007:RegisterDocumentSet-b", "xds", "ITI-42 Register Document Set-b"],
  ["urn:ihe:iti:2007:RetrieveDocumentSet", "xds", "ITI-43 Retrieve Document Set"],
  ["urn:ihe:iti:2009:MultiPatientStoredQuery", "xds", "ITI-51 Multi-Patient Stored Query"],
  ["urn:ihe:iti:2010:UpdateDocumentSet", "xds", "ITI-57 Update Document Set"],
  ["urn:ihe:iti:2010:RegisterOnDemandDocumentEntry", "xds", "ITI-61 Register On-Demand Document Entry"],
  ["urn:ihe:iti:2010:DeleteDocumentSet", "xds", "ITI-62 Remove Metadata"],
  ["urn:ihe:rad:2009:RetrieveImagingDocumentSet", "xds", "RAD-69 Retrieve Imaging Document Set"],
  // §3.38, §3.39; RAD TF-3 §4.75.
  ["urn:ihe:iti:2007:CrossGatewayQuery", "xca", "ITI-38 Cross Gateway Query"],
  ["urn:ihe:iti:2007:CrossGatewayRetrieve", "xca", "ITI-39 Cross Gateway Retrieve"],
  ["urn:ihe:rad:2011:CrossGatewayRetrieveImagingDocumentSet", "xca", "RAD-75 Cross Gateway Retrieve Imaging Document Set"],
  // HL7 version 3: §3.44, §3.45, §3.47, §3.55.
  [
    "urn:hl7-org:v3:PRPA_IN201301UV02 urn:hl7-org:v3:PRPA_IN201302UV02 urn:hl7-org:v3:PRPA_IN201304UV02",
    "pix",
    "ITI-44 Patient Identity Feed HL7 V3",
  ],
  ["urn:hl7-org:v3:PRPA_IN201309UV02 urn:hl7-org:v3:PRPA_IN201310UV02", "pix", "ITI-45 PIXV3 Query"],
  [
    "urn:hl7-org:v3:PRPA_IN201305UV02 urn:hl7-org:v3:PRPA_IN201306UV02 urn:hl7-org:v3:QUQI_IN000003UV01",
    "pdq",
    "ITI-47 Patient Demographics Query HL7 V3",
  ],
  [
    "urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery urn:hl7-org:v3:PRPA_IN201306UV02:CrossGatewayPatientDiscovery",
    "xcpd",
    "ITI-55 Cross Gateway Patient Discovery",
  ],
];
const BY_ACTION = new Map(TRANSACTIONS.flatMap(([actions, word, name]) => actions.split(" ").map((action) => [action, { word, name }])));

/** What may be an action; a root element of HL7 version 3 says the same where SOAP 1.1 has an empty action. */
const ACTION =
  /urn:ihe:(?:iti|rad):\d{4}:[A-Za-z-]+|urn:hl7-org:v3:[A-Z]{4}_IN\d{6}UV\d\d(?::[A-Za-z]+)?|<(?:\w+:)?(?:PRPA|QUQI)_IN\d{6}UV\d\d(?=[\s>])/g;
const HL7_V3 = "urn:hl7-org:v3:";

/**
 * A request with SOAP in it, by its Content-Type and SOAPAction fields: document sharing and patient indexes (IHE ITI TF-2, appendix
 * V). Only the names of transactions are kept. True: it is SOAP of which the fields do not tell the action, but the body may.
 */
export function takeSoapRequest(
  stream: Stream,
  contentType: { start: number; end: number },
  soapAction: { start: number; end: number },
): boolean {
  const type = fieldText(stream.bytes, contentType);
  if (!SOAP_TYPE.test(type)) return false;
  return !takeActions(stream, `${fieldText(stream.bytes, soapAction)} ${type}`);
}

/** An answer whose Content-Type has the action. */
export function takeSoapAnswer(stream: Stream, contentType: { start: number; end: number }): void {
  const type = fieldText(stream.bytes, contentType);
  if (SOAP_TYPE.test(type)) takeActions(stream, type);
}

/** The beginning of a body, bytes[start, end) of the stream: the action stands in its header (WS-Addressing 1.0, SOAP binding §3). */
export function takeSoapBody(stream: Stream, start: number, end: number): void {
  takeActions(stream, stream.bytes.toString("latin1", start, Math.min(end, start + SOAP_HEAD_BYTES)));
}

function takeActions(stream: Stream, text: string): boolean {
  for (const [found] of text.matchAll(ACTION)) {
    const action = found[0] === "<" ? HL7_V3 + found.slice(found.search(/[A-Z]{4}_IN/)) : found.replace(/(?:Async)?Response$/, "");
    const transaction = BY_ACTION.get(action);
    if (transaction === undefined) continue;
    const { facts } = stream;
    stream.add(facts.protocols, transaction.word);
    facts.ihe ??= {};
    const known = facts.ihe.transactions?.length ?? 0;
    stream.add((facts.ihe.transactions ??= []), transaction.name);
    if (facts.ihe.transactions.length > known) stream.report();
    return true;
  }
  return false;
}

function fieldText(bytes: Buffer, { start, end }: { start: number; end: number }): string {
  return end === 0 ? "" : bytes.toString("latin1", start, Math.min(end, start + LONGEST_FIELD));
}
