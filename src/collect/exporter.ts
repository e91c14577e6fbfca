import type { ExportKind } from "../model/facts.ts";
import type { ExporterStatus } from "../model/sensor-status.ts";
import { HeldSets } from "./held-sets.ts";
import { Samplers } from "./samplers.ts";
import type { Sender } from "./sender.ts";
import { SequenceWatch } from "./sequence-watch.ts";
import { Templates } from "./templates.ts";

/** An uptime of 32 bits of milliseconds begins at zero again after 49.7 days: this near to the end of that, it is no restart. */
const WRAP_MS = 3600e3;
/** Messages that came in another order are no further apart. */
const REORDERED_MS = 60e3;

/** What is known of one exporter and observation domain. */
export class Exporter {
  readonly observer: string;
  readonly kind: ExportKind;
  readonly domainId: number;
  readonly templates: Templates;
  readonly held: HeldSets;
  readonly sender: Sender;
  readonly samplers = new Samplers();
  readonly sequence = new SequenceWatch();
  packets = 0;
  records = 0;
  unsampledRecords = 0;
  /** Newest sampling rate seen; NaN: none. */
  samplingRate = Number.NaN;
  skewMicros = Number.NaN;
  /** When its uptime was zero, by an options record (IE 160), milliseconds; NaN: not told. */
  bootMs = Number.NaN;
  lastMicros = 0;
  private told: { uptimeMs: number; sequence: number; startMs: number } | undefined;

  constructor(observer: string, kind: ExportKind, domainId: number, sender: Sender, templateLifetimeMicros: number) {
    this.observer = observer;
    this.kind = kind;
    this.domainId = domainId;
    this.sender = sender;
    this.templates = new Templates(sender.templates, templateLifetimeMicros);
    this.held = new HeldSets(sender.held);
  }

  /** A message of this exporter came. `exportMicros`: what it says the time is; NaN when it does not. */
  spoke(arrivalMicros: number, exportMicros: number): void {
    this.packets += 1;
    const knownMicros = Number.isNaN(arrivalMicros) ? exportMicros : arrivalMicros;
    if (knownMicros > this.lastMicros) this.lastMicros = knownMicros;
    const skew = exportMicros - arrivalMicros;
    if (!Number.isNaN(skew)) this.skewMicros = skew;
  }

  /**
   * Takes what a message tells of uptime, sequence and time; true when the exporter began anew since the message before: uptime
   * and sequence went back, and it started at another moment, so that this is no older message come late. Then ids of templates may mean others
   * (RFC 3954 §9), and those of samplers too.
   */
  isRestarted(uptimeMs: number, sequence: number, exportMicros: number): boolean {
    const before = this.told;
    const startMs = exportMicros / 1000 - uptimeMs;
    this.told = { uptimeMs, sequence, startMs };
    if (before === undefined || uptimeMs >= before.uptimeMs - REORDERED_MS || sequence >= before.sequence) return false;
    if (before.uptimeMs > 2 ** 32 - WRAP_MS && uptimeMs < WRAP_MS) return false;
    return Math.abs(startMs - before.startMs) > REORDERED_MS;
  }

  status(): ExporterStatus {
    return {
      observer: this.observer,
      kind: this.kind,
      domainId: this.domainId,
      packets: this.packets,
      records: this.records,
      lost: this.sequence.lost,
      sequenceResets: this.sequence.resets,
      waitingSets: this.held.count,
      unsampledRecords: this.unsampledRecords,
      ...(Number.isNaN(this.samplingRate) ? {} : { samplingRate: this.samplingRate }),
      ...(Number.isNaN(this.skewMicros) ? {} : { skewSeconds: Math.round(this.skewMicros / 1000) / 1000 }),
      lastMicros: this.lastMicros,
    };
  }
}
