import { LOSS_INDEX } from "../model/loss.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

const TCP = 6;
const SHORT = malformed("transport_short");
const CUT = LOSS_INDEX.transport_short;
const BAD_LENGTH = LOSS_INDEX.tcp_header_length;

/** TCP (RFC 9293 §3.1). */
export function tcp(frame: Frame, at: number): number {
  const left = frame.end - at;
  if (left < 20) return cutTcp(frame, at, left);
  const view = frame.view;
  const headerBytes = (view.getUint8(at + 12) >> 4) << 2;
  let payloadAt = at + headerBytes;
  if (headerBytes < 20 || headerBytes > left) {
    frame.losses.counts[headerBytes < 20 || frame.wireEnd === frame.end ? BAD_LENGTH : CUT] += 1;
    payloadAt = frame.wireEnd = frame.end;
  }
  return frame.finish(TCP, view.getInt32(at), view.getInt32(at + 4), view.getUint8(at + 13), payloadAt);
}

/** A header cut short still names its flow when the ports are there, and its flags when byte 13 is. */
function cutTcp(frame: Frame, at: number, left: number): number {
  if (left < 4) return SHORT;
  frame.losses.counts[CUT] += 1;
  const view = frame.view;
  frame.wireEnd = frame.end;
  return frame.finish(TCP, view.getInt32(at), left < 8 ? 0 : view.getInt32(at + 4), left < 14 ? 0 : view.getUint8(at + 13), frame.end);
}
