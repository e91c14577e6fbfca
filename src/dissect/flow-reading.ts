import type { FlowFacts } from "../model/facts.ts";
import type { ContentScan } from "./classing/scan.ts";
import type { Dissector } from "./dissector.ts";
import type { Direction } from "./stream-prefix.ts";

/** One recognised protocol on a flow; `inner` is what it passed on to. */
export interface Layer {
  readonly dissector: Dissector;
  readonly state: unknown;
  inner: Layer | undefined;
}

/** SCTP, by side: the transmission number that comes next, and where in its direction's stream it will stand (NaN: none was read). */
export interface Association {
  readonly next: Int32Array;
  readonly position: Float64Array;
}

/** What is kept of one flow under watch. */
export class FlowReading {
  facts: FlowFacts | undefined = undefined;
  /** Outermost protocol recognised. */
  layer: Layer | undefined = undefined;
  /** TCP and SCTP, by side. */
  directions: [Direction, Direction] | undefined = undefined;
  association: Association | undefined = undefined;
  /** True when side 0 is the responder by now. */
  isTurned = false;
  /** A dissector said who asks. */
  hasRoles = false;
  /** What its content is classed as, from its first content on. */
  scan: ContentScan | undefined = undefined;
  /** Packets lost to a hole. */
  gaps = 0;
  /** Packets read while nobody had recognised the flow. */
  unsettledPackets = 0;
}
