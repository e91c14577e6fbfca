import { formatBytes } from "../lib/units.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { addToWindow, reportFlow, threadOf } from "./report.ts";

/** Catalogue 19. */
export const backupRegion = defineDetection({
  name: "backup.unapproved_region",
  title: "A backup goes to a region that is not approved",
  severity: "critical",
  relevantTo: ["GDPR 28", "GDPR 32(1)(b)", "GDPR 32(1)(c)", "GDPR 44", "NIS2 21(2)(c)"],
  next: [
    "Look at the job's target in the backup tool: bucket, region, replication.",
    "Stop the job, or point it to an approved region; ask the provider to delete what is there.",
    "If the copies were not encrypted with a key of yours, decide on GDPR 33.",
  ],
  doc: `Fires when within 24 hours more than the configured bytes went from a backup zone, or from any judged zone to a known backup tool or object store, to one destination in a region that
is not approved: a cloud region missing from \`regions\` (when that list is filled) or from the contracted regions of the registered party, or a country that policy does not allow.`,
  concern: "crossing",
  thresholds: {
    minBytes: { default: 1_000_000_000, doc: "bytes leaving the site to one destination within 24 hours from which it fires" },
  },
  lists: { regions: "approved cloud regions, `provider:region`" },
  remember: ({ lists }) => new Set(lists.regions),
  evaluate(judged, context) {
    if (judged.service?.kind !== "backup" && judged.zone?.data.includes("backup") !== true) return;
    const wrong = wrongRegion(judged, context.memory);
    if (wrong === undefined) return;
    const thread = threadOf(judged, context);
    const sum = addToWindow(context.daySums, thread, judged.flow.endMicros, judged.newBytesOut);
    if (sum < context.settings.minBytes || !judged.isEstablished) return;
    reportFlow(judged, context, this.name, "critical", thread, () => ({
      detail: `${formatBytes(sum)} within 24 hours${judged.service === undefined ? "" : `, ${judged.service.name}`}`,
      because: `${wrong} is no approved place for backups`,
      wouldAllow: "an approved region, the region in the party's contract, or an authorisation",
    }));
  },
});

/** The region or country that is not approved; undefined when it is, or when nobody knows. */
function wrongRegion({ location, party, judgement }: JudgedFlow, approved: ReadonlySet<unknown>): string | undefined {
  const cloud = location?.place.cloud;
  if (cloud !== undefined) {
    const region = `${cloud.provider}:${cloud.region}`;
    const contracted = party?.regions ?? [];
    if (approved.size > 0 && !approved.has(region) && !contracted.includes(region)) return region;
    if (approved.size === 0 && contracted.length > 0 && !contracted.includes(region)) return region;
  }
  return judgement.word === "violation" ? (location?.place.countries[0] ?? "an unknown country") : undefined;
}
