import type { FlowFacts } from "../model/facts.ts";

const MOST_PROTOCOLS = 8;
const LONGEST_NAME = 255;

/** What is left of the facts of a flow that gives way to others: what it is, and its name. The rest counts as dropped. */
export function briefFacts({ protocols, names, factsDropped = 0 }: FlowFacts): FlowFacts {
  const brief: FlowFacts = { protocols: protocols.slice(0, MOST_PROTOCOLS), factsDropped: factsDropped + 1 };
  if (names !== undefined && names[0].name.length <= LONGEST_NAME) brief.names = [names[0]];
  return brief;
}
