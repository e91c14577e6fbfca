import type { DetectionSettings } from "../../../src/detect/index.ts";
import type { Severity } from "../../../src/model/alert.ts";
import type { JudgedFlow } from "../../../src/model/judgement.ts";
import type { SensorStatus } from "../../../src/model/sensor-status.ts";

export type Step = { flow: JudgedFlow } | { status: SensorStatus; atSeconds: number } | { tick: number };

/** What goes in, in order, and which alerts of the detection named by the folder must stand at the end. */
export interface Scenario {
  /** What happens, in a sentence. */
  tells: string;
  steps: Step[];
  settings?: DetectionSettings;
  alerts: { severity: Severity; bytesOut?: number; flows?: number; countries?: string[]; hasCleared?: boolean; says?: RegExp }[];
}
