import { expect, it } from "vitest";
import { BatchBuilder } from "../../../src/history/batch.ts";
import { HOUR, judged } from "./make.ts";

it("keeps the confidence in the verdict, which alerts tell, where it is another than that in the place", () => {
  const builder = new BatchBuilder(4);
  const flow = judged({ id: 1, at: HOUR, country: "US" });
  const location = flow.location!;
  builder.add(flow, "cafe");
  builder.add({ ...flow, location: { ...location, confidence: 90 } }, "cafe");
  const { locations } = builder.finish(1, 2, { policyRevision: "r1", builds: "" });
  expect(locations.map(({ confidence }) => confidence)).toEqual([location.place.confidence, 90]);
});
