import type { PayloadReader } from "../model/payload.ts";

/** Reads nothing: flows without facts. */
export const nullReader: PayloadReader = {
  begin: () => 0,
  read: () => 0,
  turned() {},
  factsOf: () => undefined,
  gapsOf: () => 0,
  forget() {},
};
