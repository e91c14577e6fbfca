import { type Growth, isWorse, type RunningAlert, type Severity } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { joins } from "./dedupe.ts";
import { addFlow, type Group } from "./group.ts";

/** The way past findings: what only repeats is added where it stands. */
export class Running implements RunningAlert {
  private readonly group: Group;
  private readonly windowSeconds: number;
  private readonly onGrown: (group: Group, isWider: boolean) => void;

  constructor(group: Group, windowSeconds: number, onGrown: (group: Group, isWider: boolean) => void) {
    this.group = group;
    this.windowSeconds = windowSeconds;
    this.onGrown = onGrown;
  }

  grow(judged: JudgedFlow, severity: Severity, growth: Readonly<Growth>): boolean {
    const { group } = this;
    const { alert } = group;
    if (!group.isNewest || alert.clearedMicros !== undefined) return false;
    if (severity !== alert.severity && isWorse(severity, alert.severity)) return false;
    if (!joins(alert, judged.flow.endMicros, this.windowSeconds)) return false;
    this.onGrown(group, addFlow(group, judged, growth));
    return true;
  }
}
