import { createFrameReader } from "../../../src/app/frame-reader.ts";
import { type CollectLimits, type Collector, createCollector, ExportMessage } from "../../../src/collect/index.ts";
import { formatAddress } from "../../../src/lib/ip.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { FlowView } from "../../../src/model/flow.ts";
import { Losses } from "../../../src/obs/losses.ts";

export interface Seen {
  source: string;
  destination: string;
  ports: [number, number];
  transport: number;
  up: [packets: number, bytes: number];
  down: [packets: number, bytes: number];
  startMicros: number;
  endMicros: number;
  tcpFlags: number;
  vlan: number;
  icmp: number;
  facts: FlowFacts;
}

/** A collector, what came out of it, and a way to feed it. */
export function collecting(limits: Partial<CollectLimits> = {}) {
  const flows: Seen[] = [];
  const losses = new Losses();
  const view = new FlowView();
  const message = new ExportMessage();
  const collector: Collector = createCollector({
    losses,
    readFrame: createFrameReader(),
    thread: 0,
    random: (words) => words.fill(7),
    limits,
    onBatch(batch) {
      for (let n = 0; n < batch.count; n += 1) flows.push(seen(view.at(batch, n)));
    },
  });
  /** Feeds one message; false when it is none. */
  const take = (bytes: Buffer, { observer = "10.9.9.1", arrivalMicros = 1_700_000_001e6 } = {}) => {
    message.use(bytes, 0, bytes.length);
    message.observer = observer;
    message.arrivalMicros = arrivalMicros;
    const isTaken = collector.take(message);
    collector.flush();
    return isTaken;
  };
  return { collector, flows, losses, take };
}

function seen(view: FlowView): Seen {
  const text = (word: (n: number) => number) => formatAddress(word(0), word(1), word(2), word(3));
  return {
    source: text((n) => view.initiatorWord(n)),
    destination: text((n) => view.responderWord(n)),
    ports: [view.initiatorPort, view.responderPort],
    transport: view.transport,
    up: [view.packetsUp, view.bytesUp],
    down: [view.packetsDown, view.bytesDown],
    startMicros: view.startMicros,
    endMicros: view.endMicros,
    tcpFlags: view.tcpFlags,
    vlan: view.vlanOuter,
    icmp: view.icmp(0),
    facts: view.facts!,
  };
}
