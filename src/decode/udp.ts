import { LOSS_INDEX } from "../model/loss.ts";
import { FRAGMENT_BITS, type Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";
import { isRelayedTeredo } from "./teredo.ts";
import { goesThrough } from "./through.ts";
import { TUNNEL_PORTS } from "./tunnel-ports.ts";
import { udpTunnel } from "./udp-tunnels.ts";

const TUNNELS = TUNNEL_PORTS;
const UDP = 17;
const SHORT = malformed("transport_short");
const CUT = LOSS_INDEX.transport_short;
const BAD_LENGTH = LOSS_INDEX.udp_length;

/** UDP (RFC 768). A length of 0 is what segmentation offload and jumbograms (RFC 2675 §4) leave: the rest of the packet. */
export function udp(frame: Frame, at: number): number {
  const left = frame.end - at;
  if (left < 8) return cutUdp(frame, at, left);
  const view = frame.view;
  const length = view.getUint16(at + 4);
  let payloadAt = at + 8;
  if (length >= 8) {
    if (length > frame.wireEnd - at && (frame.flags & FRAGMENT_BITS) === 0) frame.losses.counts[BAD_LENGTH] += 1;
    frame.clip(at + length);
  } else if (length !== 0) {
    frame.losses.counts[BAD_LENGTH] += 1;
    payloadAt = frame.wireEnd = frame.end;
  }
  const ports = view.getInt32(at);
  if (isTunnelPort(ports & 0xffff) || isTunnelPort(ports >>> 16) || isRelayedTeredo(frame, payloadAt)) {
    frame.ports = ports;
    if (goesThrough(frame, payloadAt, open)) return frame.tried;
  }
  return frame.finish(UDP, ports, 0, 0, payloadAt);
}

function isTunnelPort(port: number): boolean {
  return (TUNNELS[port >> 5] & (1 << (port & 31))) !== 0;
}

function open(frame: Frame, at: number): number {
  return udpTunnel(frame, at, frame.ports >>> 16, frame.ports & 0xffff);
}

function cutUdp(frame: Frame, at: number, left: number): number {
  if (left < 4) return SHORT;
  frame.losses.counts[CUT] += 1;
  frame.wireEnd = frame.end;
  return frame.finish(UDP, frame.view.getInt32(at), 0, 0, frame.end);
}
