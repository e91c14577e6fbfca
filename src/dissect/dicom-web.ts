import { dicomFacts } from "./dicom-state.ts";
import type { Stream } from "./stream.ts";

const MEDIA_TYPE = /\bapplication\/dicom(?:\+(?:json|xml))?\b/i;
const STUDIES = /\/studies(?:[/?]|$)/;
const BELOW_STUDIES = /\/studies\/[0-9.]{1,64}(?:[/?]|$)/;
const WADO_URI = /[?&]requestType=WADO(?:&|$)/i;
const SEARCHES = /\/(?:studies|series|instances)(?:\?|$)/;

/**
 * DICOM over HTTP (PS3.18): a search, a retrieval or a store of studies. Its media types say so, or the form of its target; UIDs are
 * not kept. Returns whether it is one.
 */
export function takeDicomWeb(stream: Stream, method: string, target: string, mediaTypes: string): boolean {
  const isSaid = MEDIA_TYPE.test(mediaTypes);
  const operation = WADO_URI.test(target)
    ? "WADO-URI"
    : (isSaid && STUDIES.test(target)) || BELOW_STUDIES.test(target)
      ? method === "POST"
        ? "STOW-RS"
        : SEARCHES.test(target)
          ? "QIDO-RS"
          : "WADO-RS"
      : undefined;
  if (operation === undefined) return false;
  const { facts } = stream;
  const isFirst = facts.dicom === undefined;
  stream.add(facts.protocols, "dicom");
  const dicom = dicomFacts(stream);
  dicom.result ??= "none";
  stream.add((dicom.operations ??= []), operation);
  if (isFirst) stream.report();
  return true;
}

/** What the server said to such a request, by status. */
export function takeDicomWebAnswer(stream: Stream, status: number): void {
  const { dicom } = stream.facts;
  if (dicom === undefined || dicom.result === "accepted") return;
  dicom.result = status < 300 ? "accepted" : status >= 400 ? "rejected" : "none";
}
