import { holdsPatientData, type Zone } from "../model/site.ts";

/** What detections ask of a zone, worked out once per zone. */
export const PATIENT_ZONE = 2;
export const ADMIN_ZONE = 1;
export const OTHER_ZONE = 0;

/** `PATIENT_ZONE` wins over `ADMIN_ZONE`. Zones are as many as configuration has: the memory is weak and needs no cap. */
export class ZoneKinds {
  private readonly kinds = new WeakMap<Zone, number>();
  private lastZone: Zone | undefined;
  private lastKind = OTHER_ZONE;

  of(zone: Zone | undefined): number {
    if (zone === undefined) return OTHER_ZONE;
    if (zone === this.lastZone) return this.lastKind;
    let kind = this.kinds.get(zone);
    if (kind === undefined) {
      kind = holdsPatientData(zone) ? PATIENT_ZONE : zone.data.includes("admin") ? ADMIN_ZONE : OTHER_ZONE;
      this.kinds.set(zone, kind);
    }
    this.lastZone = zone;
    this.lastKind = kind;
    return kind;
  }

  isPatient(zone: Zone | undefined): boolean {
    return this.of(zone) === PATIENT_ZONE;
  }
}
