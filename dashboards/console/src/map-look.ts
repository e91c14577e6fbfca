import type { MapRow } from "../../../src/console/wire.ts";

/** How a country is filled: by what its traffic was judged to be, else faintly when the list names it. */
export function mapLook(row: MapRow | undefined, isApproved: boolean): string {
  if (row?.verdict === "inside-list") return "inside";
  if (row?.verdict === "outside-list") return "outside";
  if (row) return "doubt";
  return isApproved ? "approved" : "";
}
