import { BoundedMap } from "../lib/bounded-map.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { reportFlow, threadOf } from "./report.ts";

const UDP = 17;
const SOCKETS_KEPT = 8192;
/** A binding is of use for as long as its refreshes go on; ten minutes is the longest a TURN permission is left (RFC 8656 §9). */
const STUN_LASTS_MICROS = 600e6;

/** Inside sockets (address and port) that spoke STUN lately; the one longest ago is forgotten when full. */
class StunSockets {
  private readonly spoke = new BoundedMap<string, number>(SOCKETS_KEPT);

  note(judged: JudgedFlow): void {
    const key = socketOf(judged);
    this.spoke.delete(key);
    this.spoke.set(key, judged.flow.endMicros);
  }

  /** STUN was spoken from the flow's inside socket at its time. */
  has(judged: JudgedFlow): boolean {
    const at = this.spoke.get(socketOf(judged));
    return at !== undefined && judged.flow.startMicros - at < STUN_LASTS_MICROS;
  }
}

function socketOf(judged: JudgedFlow): string {
  const { flow, isInsideInitiator } = judged;
  return `${judged.insideAddress()} ${isInsideInitiator ? flow.initiatorPort : flow.responderPort}`;
}

/** Catalogue 20. */
export const relayOutside = defineDetection({
  name: "telemedicine.relay_outside",
  title: "A video visit runs over a relay outside the list",
  severity: "high",
  relevantTo: ["GDPR 44", "GDPR 32"],
  next: [
    "Ask the provider of the video service which relays it uses, and have them limited to the approved countries.",
    "Check that media is encrypted end to end; a relay sees who speaks with whom and for how long all the same.",
  ],
  doc: `Fires for UDP media from a zone with patient data that lasts at least the configured seconds, at a rate that keep-alives do not reach, when STUN or TURN was
spoken on the same flow or from the same inside socket before, and the outside end is in a country that policy does not allow.`,
  concern: ["stun", "outside-list"],
  thresholds: {
    minSeconds: { default: 60, doc: "seconds of media from which it fires" },
    minPacketsPerSecond: { default: 5, doc: "packets a second, both ways together, below which it is no media" },
  },
  remember: () => new StunSockets(),
  evaluate(judged, context) {
    const { flow } = judged;
    if (flow.transport !== UDP || !context.zones.isPatient(judged.zone)) return;
    const hasStun = flow.facts?.stun !== undefined;
    if (hasStun) context.memory.note(judged);
    if (judged.judgement.word !== "violation" || !judged.isEstablished) return;
    const seconds = (flow.endMicros - flow.startMicros) / 1e6;
    const { minSeconds, minPacketsPerSecond } = context.settings;
    if (seconds < minSeconds || (flow.packetsUp + flow.packetsDown) / seconds < minPacketsPerSecond) return;
    if (!hasStun && !context.memory.has(judged)) return;
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      detail: `${Math.floor(seconds)} seconds of media after STUN`,
      because: "the relay of the media is outside the list",
      wouldAllow: "a relay in an approved country, or an authorisation of the party",
    }));
  },
});
