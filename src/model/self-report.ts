import type { GeoStatus } from "./geo-status.ts";
import type { Loosening, Site } from "./site.ts";

/** What bordertap finds out about itself, for the detections that speak of it. Told when it changes, and at least hourly. */
export type SelfReport =
  | { about: "geo"; status: GeoStatus }
  /** Another configuration is in effect. `loosenings`: what it allows that the one before did not. */
  | { about: "policy"; before: Site; after: Site; loosenings: readonly Loosening[]; revision: string; approvedBy?: string }
  | { about: "audit"; fault?: "verification" | "checkpoint-missed" | "checkpoint-mismatch"; detail?: string }
  /** `missing`: outputs that the synthetic violation did not reach within `withinSeconds`. */
  | { about: "canary"; missing: readonly string[]; withinSeconds: number }
  /** Sensor threads that there should be, numbered from 0: one that never reports is a blind tap. */
  | { about: "sensors"; threads: number }
  /** How far this machine's clock is from packet time, or from its peers. */
  | { about: "clock"; skewSeconds: number; against: string }
  /** Days until the disk is full at the rate of late; undefined while it does not fill. */
  | { about: "disk"; folder: string; daysLeft: number | undefined };
