import type { ExportKind } from "../model/facts.ts";
import type { ExporterStatus } from "../model/sensor-status.ts";
import { type Budget, HeldSets } from "./held-sets.ts";
import { Samplers } from "./samplers.ts";
import { SequenceWatch } from "./sequence-watch.ts";
import type { TemplateRoom } from "./template-room.ts";
import { Templates } from "./templates.ts";

export interface ExporterOptions {
  templateRoom: TemplateRoom;
  heldBudget: Budget;
  templateLifetimeMicros: number;
}

/** What is known of one exporter and observation domain. */
export class Exporter {
  readonly observer: string;
  readonly kind: ExportKind;
  readonly domainId: number;
  readonly templates: Templates;
  readonly held: HeldSets;
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

  constructor(observer: string, kind: ExportKind, domainId: number, options: ExporterOptions) {
    this.observer = observer;
    this.kind = kind;
    this.domainId = domainId;
    this.templates = new Templates(options.templateRoom, options.templateLifetimeMicros);
    this.held = new HeldSets(options.heldBudget);
  }

  /** A message of this exporter came. `exportMicros`: what it says the time is; NaN when it does not. */
  spoke(arrivalMicros: number, exportMicros: number): void {
    this.packets += 1;
    const knownMicros = Number.isNaN(arrivalMicros) ? exportMicros : arrivalMicros;
    if (knownMicros > this.lastMicros) this.lastMicros = knownMicros;
    const skew = exportMicros - arrivalMicros;
    if (!Number.isNaN(skew)) this.skewMicros = skew;
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
