import { countryInWords } from "../lib/words.ts";
import type { FlowFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { countryOf } from "./destination.ts";
import { defineDetection } from "./detection.ts";
import { Lanes } from "./lanes.ts";
import { reportFlow, threadOf } from "./report.ts";
import { OTHER_ZONE, PATIENT_ZONE } from "./zone-kinds.ts";

/** Tools by which somebody outside sees and steers a screen, whoever opened the connection. */
const TOOLS: ReadonlySet<string> = new Set(["teamviewer", "anydesk"]);
/** Sessions that somebody outside opens into the house. */
const SESSIONS: ReadonlySet<string> = new Set(["rdp", "vnc", "ssh", "telnet", ...TOOLS]);

/** Catalogue 28. */
export const remoteSupport = defineDetection({
  name: "remote.support",
  title: "Remote support outside its lane",
  severity: "high",
  relevantTo: ["GDPR 28", "GDPR 32", "GDPR 44", "NIS2 21(2)(d)", "NIS2 21(2)(i)", "NIS2 21(2)(j)"],
  next: [
    "Ask the owner of the device who is connected, and cut the session if nobody knows.",
    "If it is the vendor: agree on a lane (party, zone, countries, hours) and enter it under `lanes`; remote access from a third country is a transfer (EDPB Guidelines 05/2021).",
  ],
  doc: `Fires for an established flow from a zone with patient data or an administration zone to a remote-control tool, by protocol or name, and for an established remote session
(RDP, VNC, SSH, Telnet, a remote-control tool) opened from outside into a zone with patient data, unless one of the \`lanes\` is for it at that hour of the site's time zone, or a named
authorisation allows it. For sessions from outside the country is that of who opened it.`,
  concern: "spoken",
  thresholds: {},
  lists: {
    lanes: "agreed ways: `zones`, `parties`, `names` (suffixes), `countries`, `days` (1 Monday to 7), `from`, `until` (local time)",
  },
  remember: ({ lists, site }) => new Lanes(lists.lanes, site?.timeZone ?? "UTC"),
  evaluate(judged, context) {
    const what = remoteUse(judged, context.zones.of(judged.zone));
    if (what === undefined || !judged.isEstablished || judged.judgement.word === "authorised") return;
    const verdict = context.memory.verdictOf(judged);
    if (verdict === "open") return;
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      detail: judged.direction === "inbound" ? `${what} session from ${countryInWords(countryOf(judged))}` : what,
      because: verdict === "closed" ? "its lane is closed at this hour" : "no lane is for it",
      wouldAllow: "a lane for this zone, party, country and hour",
    }));
  },
});

/** The tool or session, in a word; undefined when it is none. */
function remoteUse({ direction, flow, service }: JudgedFlow, zoneKind: number): string | undefined {
  if (zoneKind === OTHER_ZONE) return undefined;
  if (direction === "inbound") return zoneKind === PATIENT_ZONE ? wordOf(flow.facts!, SESSIONS) : undefined;
  return service?.kind === "remote-support" ? service.name : wordOf(flow.facts!, TOOLS);
}

function wordOf({ protocols }: FlowFacts, words: ReadonlySet<string>): string | undefined {
  for (let n = 0; n < protocols.length; n += 1) if (words.has(protocols[n])) return protocols[n];
  return undefined;
}
