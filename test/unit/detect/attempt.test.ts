import { expect, test } from "vitest";
import { isAttempt } from "../../../src/detect/attempt.ts";
import { D, FlowBatch, FlowView, I, KIND, TCP_STATES } from "../../../src/model/flow.ts";
import type { JudgedFlow } from "../../../src/model/judgement.ts";

const SYN_FLOOD = { transport: 6, kind: "closed", state: "syn-only", packetsUp: 3, packetsDown: 0, bytesUp: 222, hasFacts: false } as const;

test.each([
  ["three SYN packets without an answer", {}, true],
  ["an answer, be it a reset", { packetsDown: 1, state: "reset" }, false],
  ["it may still be answered", { kind: "counted" }, false],
  ["data inside the SYN packets", { bytesUp: 3 * 400 }, false],
  ["something was read of it", { hasFacts: true }, false],
  ["one way, but more than SYN packets", { state: "established" }, false],
  ["one-way UDP", { transport: 17 }, false],
] as const)("%s", (_, differs, expected) => {
  const given = { ...SYN_FLOOD, ...differs };
  const batch = new FlowBatch(1);
  batch.count = 1;
  batch.ints[I.transport] = given.transport;
  batch.ints[I.kind] = KIND[given.kind];
  batch.ints[I.tcpState] = TCP_STATES.indexOf(given.state);
  batch.doubles[D.packetsUp] = given.packetsUp;
  batch.doubles[D.packetsDown] = given.packetsDown;
  batch.doubles[D.bytesUp] = given.bytesUp;
  if (given.hasFacts) batch.facts[0] = { protocols: ["http"] } as (typeof batch.facts)[number];
  expect(isAttempt({ flow: new FlowView().at(batch, 0) } as JudgedFlow)).toBe(expected);
});
