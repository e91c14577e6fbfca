import type { Enricher } from "../enrich/enricher.ts";
import { createJudgedFlow } from "../enrich/judged-flow.ts";
import { type FlowBatch, FlowView } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Policy } from "../policy/policy.ts";

/** What reads every judged flow event: detections, live sums, history, outputs. Keeps nothing of it beyond the call. */
export type FlowReader = (judged: JudgedFlow) => void;

export interface Core {
  /** Judges a batch of flow events, in order. */
  take(batch: FlowBatch, readers: readonly FlowReader[]): void;
  /** Another policy from the next batch on: one batch is judged by one revision. */
  use(rules: { enricher: Enricher; policy: Policy }): void;
}

/**
 * The second half of a packet's way: each flow event gets its zone, asset, party, name and place (enrich), its location and
 * judgement (policy), and is then read by whoever has to act on it. One object carries all events; nothing is allocated
 * for those that nobody finds remarkable.
 */
export function createCore(rules: { enricher: Enricher; policy: Policy }): Core {
  const view = new FlowView();
  const judged = createJudgedFlow();
  let { enricher, policy } = rules;
  return {
    take(batch, readers) {
      for (let index = 0; index < batch.count; index += 1) {
        enricher.enrich(view.at(batch, index), judged);
        policy.judgeFlow(judged);
        for (let n = 0; n < readers.length; n += 1) readers[n](judged);
      }
    },
    use(next) {
      enricher = next.enricher;
      policy = next.policy;
    },
  };
}
