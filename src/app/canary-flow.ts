import { type AddressWords, isV4, parseAddress, parsePrefix } from "../lib/ip.ts";
import { CLOSED_BY, D, FlowBatch, I, KIND, TCP_STATES } from "../model/flow.ts";
import { holdsPatientData, type Site } from "../model/site.ts";

const TCP = 6;
/** SYN, ACK, PSH and FIN. */
const WHOLE_CONNECTION = 0x1b;
const LONGEST_WAY_MICROS = 100_000;

/** Large old networks in countries far apart, so that one of them is outside of nearly every list. Nothing is sent there. */
const FAR_AWAY: readonly AddressWords[] = ["54.231.10.4", "202.112.0.1", "200.160.2.3", "196.10.52.57", "139.130.4.5"].map(
  (text) => parseAddress(text)!,
);

export interface CanaryEnds {
  inside: AddressWords;
  outside: AddressWords;
}

/** From each judged zone with patient data to each of the far ends: the caller asks the rules which of them is a violation. */
export function* canaryEnds(site: Site): Generator<CanaryEnds> {
  for (const zone of site.zones) {
    if (!zone.isJudged || !holdsPatientData(zone)) continue;
    const networks = zone.networks
      .map((text) => parsePrefix(text))
      .filter((prefix) => prefix !== undefined)
      .filter(({ first }) => isV4(first[0], first[1], first[2]));
    if (networks.length === 0) continue;
    // Either may be within another zone, which lies within this one.
    for (const inside of [networks[0].first, networks[networks.length - 1].last]) for (const outside of FAR_AWAY) yield { inside, outside };
  }
}

/** One connection, finished and answered, of a kilobyte: no packet of it ever was. */
export function canaryFlow({ inside, outside }: CanaryEnds, endMicros: number): FlowBatch {
  const batch = new FlowBatch(1);
  const { doubles, ints } = batch;
  batch.count = 1;
  doubles[D.startMicros] = endMicros - LONGEST_WAY_MICROS;
  doubles[D.intervalStartMicros] = endMicros - LONGEST_WAY_MICROS;
  doubles[D.endMicros] = endMicros;
  doubles[D.eventMicros] = endMicros;
  doubles[D.rttMicros] = Number.NaN;
  for (const at of [D.packetsUp, D.packetsDown, D.newPacketsUp, D.newPacketsDown]) doubles[at] = 4;
  for (const at of [D.bytesUp, D.bytesDown, D.newBytesUp, D.newBytesDown]) doubles[at] = 1000;
  ints[I.kind] = KIND.closed;
  ints[I.transport] = TCP;
  ints[I.ipVersion] = 4;
  ints[I.initiatorPort] = 49_152;
  ints[I.responderPort] = 443;
  ints.set(inside, I.initiatorAddress);
  ints.set(outside, I.responderAddress);
  ints[I.tcpFlags] = WHOLE_CONNECTION;
  ints[I.tcpState] = TCP_STATES.indexOf("closed");
  ints[I.closedBy] = CLOSED_BY.indexOf("fin");
  return batch;
}
