import { approvalOf } from "../config/approval.ts";
import type { LoadedConfig } from "../config/config.ts";
import { looserSettings } from "../config/looser.ts";
import { atOnce, type Sliced } from "../lib/slices.ts";
import type { Loosening } from "../model/site.ts";
import { loosenings, type PolicyView } from "../policy/loosenings.ts";

export interface JudgedChange {
  loosenings: readonly Loosening[];
  /** The second person, where there is an approval of exactly this revision. */
  approvedBy?: string;
  /** Why it may not be taken over; undefined when it may. */
  refused?: string;
}

/** Holds a new configuration against the one in effect. `isFourEyes`: what loosens policy needs a second person's approval. */
export function* judgeChange(before: LoadedConfig, after: LoadedConfig, isFourEyes: boolean): Sliced<JudgedChange> {
  const found = yield* looserSliced(before, after);
  if (found.length === 0) return { loosenings: found };
  const approval = approvalOf(after);
  if ("approvedBy" in approval) return { loosenings: found, approvedBy: approval.approvedBy };
  return isFourEyes ? { loosenings: found, refused: approval.refused } : { loosenings: found };
}

/** What a configuration allows that the one before did not. */
export function looserThan(before: LoadedConfig, after: LoadedConfig): Loosening[] {
  return atOnce(looserSliced(before, after));
}

function looserSliced(before: LoadedConfig, after: LoadedConfig): Sliced<Loosening[]> {
  return loosenings(viewOf(before), viewOf(after), looserSettings());
}

function viewOf({ site, config }: LoadedConfig): PolicyView {
  return { site, detections: config.detections, geo: config.geo, isFourEyes: config.policy.fourEyes };
}
