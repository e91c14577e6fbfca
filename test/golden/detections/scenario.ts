import type { DetectionSettings } from "../../../src/detect/index.ts";
import type { Severity } from "../../../src/model/alert.ts";
import type { JudgedFlow } from "../../../src/model/judgement.ts";
import type { SelfReport } from "../../../src/model/self-report.ts";
import type { SensorStatus } from "../../../src/model/sensor-status.ts";
import type { Site } from "../../../src/model/site.ts";

export type Step =
  | { flow: JudgedFlow }
  | { status: SensorStatus; atSeconds: number }
  | { tick: number }
  | { report: SelfReport; atSeconds: number };

/** What goes in, in order, and which alerts of the detection named by the folder must stand at the end. */
export interface Scenario {
  /** What happens, in a sentence. */
  tells: string;
  steps: Step[];
  settings?: DetectionSettings;
  site?: Site;
  alerts: { severity: Severity; bytesOut?: number; flows?: number; countries?: string[]; hasCleared?: boolean; says?: RegExp }[];
}
