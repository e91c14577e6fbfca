import type { FlowView } from "../model/flow.ts";

const TCP = 6;
const ACK = 16;
const RECORD_PACKETS = 3;

/**
 * Both directions were seen (DETECTIONS, common terms). Of a record that an exporter sent, which mostly tells one direction:
 * the way back was reported too, or it is TCP and has three packets (as many as the sampling stands for) with ACK among them.
 */
export function isEstablished(flow: FlowView): boolean {
  const exported = flow.facts?.export;
  if (exported === undefined) return flow.isEstablished;
  if (exported.isAnswered === true || (flow.bytesUp > 0 && flow.bytesDown > 0)) return true;
  const packets = (flow.packetsUp + flow.packetsDown) * (exported.samplingRate ?? 1);
  return flow.transport === TCP && (flow.tcpFlags & ACK) !== 0 && packets >= RECORD_PACKETS;
}
