import { BoundedMap } from "../lib/bounded-map.ts";
import type { Resolution } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { outsideWord } from "./destination.ts";

/** Domains watched, and names whose answers are kept; of more, the first goes. */
const MOST_NAMES = 8192;
/** Answers with different ends kept of a name: it may be led to several places by turns. */
const MOST_ENDS = 4;

/** Where an answer led: the name at the end of the chain, the name itself where there is no CNAME; four words each address. */
interface Answer {
  readonly end: string;
  readonly addresses: readonly number[];
}

/**
 * Where DNS led names (RFC 1034 §3.6.2), by the answers seen on the wire. Of names under the domains that are watched: a register
 * may list a million of them, and few are ever met.
 */
export class CnameTargets {
  private readonly domains: BoundedMap<string, true>;
  private readonly answers: BoundedMap<string, Answer[]>;

  constructor(limit = MOST_NAMES) {
    this.domains = new BoundedMap(limit);
    this.answers = new BoundedMap(limit);
  }

  /** Names forgotten for want of room: their flows are not compared until they are asked for again. */
  get forgotten(): number {
    return this.answers.forgotten;
  }

  /** From now on the answers for this domain and all below it are kept. */
  watch(domain: string): void {
    if (!this.domains.has(domain)) this.domains.set(domain, true);
  }

  learn({ name, addresses, aliases }: Resolution): void {
    if (this.domains.size === 0 || addresses.length < 4 || !this.isOfInterest(name)) return;
    const answer: Answer = { end: aliases.at(-1) ?? name, addresses };
    const held = this.answers.get(name);
    if (held === undefined) {
      this.answers.set(name, [answer]);
      return;
    }
    const before = held.findIndex(({ end }) => end === answer.end);
    if (before >= 0) held.splice(before, 1);
    else if (held.length >= MOST_ENDS) held.shift();
    held.push(answer);
  }

  /** The end of the newest answer for `name` that told the flow's outside address. */
  endOf(name: string, judged: JudgedFlow): string | undefined {
    return this.answers.get(name)?.findLast(({ addresses }) => hasOutside(addresses, judged))?.end;
  }

  private isOfInterest(name: string): boolean {
    for (let at = 0; ; ) {
      if (this.domains.has(at === 0 ? name : name.slice(at))) return true;
      const dot = name.indexOf(".", at);
      if (dot < 0) return false;
      at = dot + 1;
    }
  }
}

function hasOutside(addresses: readonly number[], judged: JudgedFlow): boolean {
  for (let at = 0; at + 3 < addresses.length; at += 4) {
    let n = 3;
    while (n >= 0 && addresses[at + n] === outsideWord(judged, n)) n -= 1;
    if (n < 0) return true;
  }
  return false;
}
