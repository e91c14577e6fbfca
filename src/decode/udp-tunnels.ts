import { ayiya } from "./ayiya.ts";
import { capwap } from "./capwap.ts";
import type { Frame } from "./frame.ts";
import { geneve } from "./geneve.ts";
import { gre } from "./gre.ts";
import { gtpU } from "./gtp-u.ts";
import { intercept } from "./intercept.ts";
import { l2tp } from "./l2tp.ts";
import { lisp } from "./lisp.ts";
import { mpls } from "./mpls.ts";
import { UNFOLLOWED } from "./outcome.ts";
import { teredo } from "./teredo.ts";
import { vxlan, vxlanGpe } from "./vxlan.ts";

/** Opens the tunnel that ports announce: one line each. A port is only a hint, the content decides. */
export function udpTunnel(frame: Frame, at: number, from: number, to: number): number {
  switch (to) {
    case 4341:
      return lisp(frame, at);
    case 4754:
      return gre(frame, at);
    case 4789:
    case 8472:
      return vxlan(frame, at);
    case 4790:
      return vxlanGpe(frame, at);
    case 6081:
      return geneve(frame, at);
    case 6635:
      return mpls(frame, at);
    default:
      return isEitherWay(to) ? byPort(frame, at, to) : byPort(frame, at, from);
  }
}

function isEitherWay(port: number): boolean {
  return port === 1701 || port === 2152 || port === 3544 || port === 5072 || port === 5247;
}

function byPort(frame: Frame, at: number, port: number): number {
  switch (port) {
    case 1701:
      return l2tp(frame, at);
    case 2152:
      return gtpU(frame, at);
    case 3544:
      return teredo(frame, at);
    case 5072:
      return ayiya(frame, at);
    case 5247:
      return capwap(frame, at);
    // Only as a source is it a port of this.
    case 49152: {
      const outcome = intercept(frame, at);
      return outcome === UNFOLLOWED ? teredo(frame, at) : outcome;
    }
    default:
      return teredo(frame, at);
  }
}
