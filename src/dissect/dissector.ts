import type { Stream } from "./stream.ts";
import type { Verdict } from "./verdict.ts";

export { found, type MalformedCode, malformed, needMore, notMine, passOn, type Verdict } from "./verdict.ts";

/**
 * One protocol. Traffic is never an error: both calls answer with a verdict and never throw.
 *
 * Three kinds, one shape:
 * - a reader of the first bytes (a TLS hello) answers `needMore` until they are there, writes its facts and answers `found`;
 * - a reader of datagrams is called for each one, and answers `needMore` as long as it wants the next;
 * - a reader that goes on (HL7 messages) skips what it has read and answers `needMore`; `skip` may go past what is here, so
 *   that bulk is neither copied nor waited for.
 */
export interface Dissector<State = unknown> {
  /** The word of `network.protocol`; of a family (see `words`) no more than its own name. */
  readonly name: string;
  /** A family: the words that `wordOf` may say. Left out: `name` is the word. */
  readonly words?: readonly string[];
  /** `both`: TCP and UDP. Who reads TCP is asked about SCTP too, where messages stand one after the other. */
  readonly transport: "tcp" | "udp" | "both" | "sctp";
  /** Where it usually is: its turn comes first there, and weak signatures count only there. Never enough to recognise it. */
  readonly ports: readonly number[];
  /** The format cannot tell it from another: asked on its ports alone. */
  readonly isOnlyOnPorts?: boolean;
  /** Bytes with which a direction (tcp) or a datagram (udp) may begin: most traffic is turned away by one table look-up. Left out: any. */
  readonly firstBytes?: { readonly tcp?: readonly number[]; readonly udp?: readonly number[]; readonly sctp?: readonly number[] };
  /** Looks at the first bytes of a direction (or a datagram) and touches nothing: `found`, `needMore` or `notMine`. */
  recognise(stream: Stream): Verdict;
  /** A family: which of its words the bytes just recognised are. */
  wordOf?(stream: Stream): string;
  /** Memory for one flow, made once it is recognised; both directions share it. `rested`: the flow goes on after a rest. */
  begin(rested?: number): State;
  /**
   * For readers of datagrams, whose flows have no end: a word, not 0, that tells `begin` all there is to know while nothing
   * is awaited; 0 keeps the state. So a flow at rest costs no object.
   */
  rest?(state: State): number;
  /** For readers of streams that can go on after a hole: forgets where this side was; what it is shown next may begin anywhere. */
  resume?(state: State, side: 0 | 1): void;
  /** Reads on from `stream.start`: `found`, `needMore`, `passOn`, `malformed(code)`; `notMine` for a direction or datagram that is another's. */
  read(stream: Stream, state: State): Verdict;
}

/** Declares a dissector; one a file, registered in index.ts. */
export function defineDissector<State>(dissector: Dissector<State>): Dissector {
  return dissector as Dissector;
}
