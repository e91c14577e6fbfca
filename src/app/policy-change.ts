import { approvalOf } from "../config/approval.ts";
import type { LoadedConfig } from "../config/config.ts";
import type { Loosening } from "../model/site.ts";
import { loosenings } from "../policy/loosenings.ts";

export interface JudgedChange {
  loosenings: readonly Loosening[];
  /** The second person, where there is an approval of exactly this revision. */
  approvedBy?: string;
  /** Why it may not be taken over; undefined when it may. */
  refused?: string;
}

/** Holds a new configuration against the one in effect. `isFourEyes`: what loosens policy needs a second person's approval. */
export function judgeChange(before: LoadedConfig, after: LoadedConfig, isFourEyes: boolean): JudgedChange {
  const found = loosenings(
    { site: before.site, detections: before.config.detections },
    { site: after.site, detections: after.config.detections },
  );
  if (found.length === 0) return { loosenings: found };
  const approval = approvalOf(after);
  if ("approvedBy" in approval) return { loosenings: found, approvedBy: approval.approvedBy };
  return isFourEyes ? { loosenings: found, refused: approval.refused } : { loosenings: found };
}
