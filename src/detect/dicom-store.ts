import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { PrefixList } from "./prefix-list.ts";
import { reportFlow, threadOf } from "./report.ts";

/** What an inside end does that takes images out when it is the one that asks. */
const SENDS_OUT: ReadonlySet<string> = new Set(["C-STORE", "C-MOVE"]);
/** What an outside end asks for that takes images out. */
const FETCHES_OUT: ReadonlySet<string> = new Set(["C-MOVE", "C-GET"]);

/** Catalogue 13. */
export const dicomExternalStore = defineDetection({
  name: "dicom.external_store",
  title: "Images go to an application that is not on the approved list",
  severity: "critical",
  relevantTo: ["GDPR 32", "GDPR 33", "GDPR 9"],
  next: [
    "Ask radiology who set up this destination, and have it taken out until that is clear.",
    "Find out which studies went: the archive's own log has the association by its AE titles and time.",
    "If it is right: enter the AE title or the address on the approved list, or among the party's AE titles. Else decide on GDPR 33.",
  ],
  doc: `Fires for a DICOM association between an inside and an outside address in which images are stored toward, or moved to, the outside end (C-STORE, C-MOVE; from outside also
C-GET), when the outside end's AE title and address are not approved: by \`approvedAeTitles\`, \`approvedAddresses\`, or the AE titles of the registered party that answers there. A title by which alone the party was
recognised does not approve itself: whoever calls itself that would be let through.
Inside TLS no operation can be seen.`,
  concern: "clear-text",
  thresholds: {},
  lists: { approvedAeTitles: "AE titles outside that may receive images", approvedAddresses: "outside networks that may receive images" },
  remember: ({ lists }) => ({ titles: new Set(lists.approvedAeTitles), addresses: new PrefixList(lists.approvedAddresses) }),
  evaluate(judged, context) {
    const { dicom } = judged.flow.facts!;
    if (dicom?.operations === undefined || !judged.isEstablished) return;
    const isOutbound = judged.direction !== "inbound";
    const taking = isOutbound ? SENDS_OUT : FETCHES_OUT;
    const operations = dicom.operations.filter((operation) => taking.has(operation));
    if (operations.length === 0) return;
    const outsideTitles = (isOutbound ? dicom.calledAe : dicom.callingAe) ?? [];
    const { titles, addresses } = context.memory;
    const isApproved = (title: string) => titles.has(title) || partyHas(judged, title);
    if ((outsideTitles.length > 0 && outsideTitles.every(isApproved)) || addresses.hasOutside(judged)) return;
    const title = outsideTitles.find((one) => !isApproved(one)) ?? "an unknown AE title";
    reportFlow(judged, context, this.name, "critical", threadOf(judged, context), () => ({
      detail: `${operations.join(", ")} ${isOutbound ? "toward" : "asked for by"} ${title}`,
      because: `${title} is on no list of approved AE titles, nor is its address`,
      wouldAllow: `${title} among approvedAeTitles, or among the AE titles of a registered party`,
    }));
  },
});

/** A party that nothing but its title tells is whoever calls itself that. */
function partyHas({ party, partyBy, isPartyProven }: JudgedFlow, title: string): boolean {
  return (partyBy !== "ae-title" || isPartyProven === true) && party?.aeTitles?.includes(title) === true;
}
