import type { FlowFacts } from "../model/facts.ts";

/** Most kept a protocol; beyond them all are made anew. */
const MOST_NAMES = 16_384;
const NO_NAME = "";

/**
 * Facts that are no more than protocols and a name are the same for flow after flow: those of a flow that is settled are
 * kept once for all, so that a million flows in the table cost no object each.
 */
export class SharedFacts {
  private readonly byProtocol = new Map<string, Map<string, FlowFacts>>();

  /** Equal facts that must never be written to; undefined when there is more in them. */
  of(facts: FlowFacts): FlowFacts | undefined {
    const { protocols, names } = facts;
    for (const section in facts) if (section !== "protocols" && section !== "names") return undefined;
    if (names !== undefined && names.length !== 1) return undefined;
    const protocol = protocols.length === 1 ? protocols[0] : protocols.join(" ");
    let byName = this.byProtocol.get(protocol);
    if (byName === undefined) this.byProtocol.set(protocol, (byName = new Map()));
    const name = names === undefined ? NO_NAME : names[0].name;
    const known = byName.get(name);
    if (known !== undefined && known.names?.[0].source === names?.[0].source) return known;
    if (byName.size >= MOST_NAMES) byName.clear();
    byName.set(name, facts);
    return facts;
  }
}
