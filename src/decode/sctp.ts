import { LOSS_INDEX } from "../model/loss.ts";
import { FLAG } from "../model/row.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

const SCTP = 132;
const HEADER_BYTES = 12;
const INIT = 1;
const INIT_ACK = 2;
const SHORT = malformed("transport_short");
const CUT = LOSS_INDEX.transport_short;

/** SCTP (RFC 9260 §3.1). INIT and INIT ACK stand alone in their packet (§3.3.2), so the first chunk tells. The payload is the chunks. */
export function sctp(frame: Frame, at: number): number {
  const left = frame.end - at;
  if (left < 4) return SHORT;
  const ports = frame.view.getInt32(at);
  if (left < HEADER_BYTES) {
    frame.losses.counts[CUT] += 1;
    frame.wireEnd = frame.end;
    return frame.finish(SCTP, ports, 0, 0, frame.end);
  }
  const chunk = left > HEADER_BYTES ? frame.view.getUint8(at + HEADER_BYTES) : 0;
  const flags = chunk === INIT ? FLAG.sctpInit : chunk === INIT_ACK ? FLAG.sctpInitAck : 0;
  return frame.finish(SCTP, ports, 0, flags, at + HEADER_BYTES);
}
