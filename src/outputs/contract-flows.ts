import type { JudgedFlow } from "../model/judgement.ts";
import { type FlowDocumentOptions, flowDocument } from "./flow-document.ts";
import { orderOf } from "./flow-order.ts";
import { DoubleList } from "./grow.ts";
import { OutFile } from "./out-file.ts";
import type { FlowSink, SinkCounters } from "./sink.ts";
import { Spill } from "./spill.ts";

/** Text gathered before it is written, and how far apart two pieces may lie to be read at once. */
const BATCH_BYTES = 8 << 20;
const JOIN_BYTES = 64 << 10;

/**
 * `analyze --flows OUT`: one document per finished flow, ordered by start and first packet. Flows end in another order than
 * they begin, so documents are put away as they come (on disk when they are many) and written out in order by `finish`. Of
 * flow exports: in the order of the records.
 */
export class ContractFlows implements FlowSink {
  readonly name: string;
  private readonly options: FlowDocumentOptions;
  private readonly spill: Spill;
  private readonly out: OutFile;
  private readonly starts = new DoubleList();
  private readonly ids = new DoubleList();
  private readonly offsets = new DoubleList();
  private readonly keepsOrder: boolean;
  private isDone = false;

  /** Opens OUT ("-": standard output). Throws an AppError (`output_failed`) when that cannot be. */
  constructor(path: string, options: { hasSite: boolean }, order: "by-start" | "as-taken" = "by-start") {
    this.name = path;
    this.keepsOrder = order === "as-taken";
    this.options = options;
    this.out = new OutFile(path);
    this.spill = new Spill(path === "-" ? undefined : path);
  }

  take(judged: JudgedFlow): void {
    const { flow } = judged;
    if (!flow.isClosed) return;
    this.starts.push(flow.startMicros);
    this.ids.push(flow.id);
    this.offsets.push(this.spill.length);
    this.spill.put(`${flowDocument(judged, this.options)}\n`);
  }

  counters(): SinkCounters {
    return { written: this.starts.length, dropped: 0, bytes: this.spill.length };
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Writes everything in order; afterwards OUT is whole. */
  finish(): void {
    const order = this.keepsOrder ? Uint32Array.from({ length: this.starts.length }, (_, n) => n) : orderOf(this.starts, this.ids);
    const end = this.spill.length;
    const endOf = (index: number) => (index + 1 < this.offsets.length ? this.offsets.at(index + 1) : end);
    for (let from = 0; from < order.length; ) {
      let to = from;
      let bytes = 0;
      while (to < order.length && (to === from || bytes + endOf(order[to]) - this.offsets.at(order[to]) <= BATCH_BYTES)) {
        bytes += endOf(order[to]) - this.offsets.at(order[to]);
        to += 1;
      }
      this.writeBatch(order.subarray(from, to), bytes, endOf);
      from = to;
    }
    this.isDone = true;
    this.spill.close();
    this.out.finish();
  }

  /** After `finish`: nothing more. Before it: gives up, and OUT stays as it was. */
  close(): Promise<void> {
    if (!this.isDone) {
      this.isDone = true;
      this.spill.close();
      this.out.abandon();
    }
    return Promise.resolve();
  }

  /** One run of the order: pieces are read in the order they lie, neighbours together, and placed where they belong. */
  private writeBatch(indexes: Uint32Array, bytes: number, endOf: (index: number) => number): void {
    const batch = Buffer.allocUnsafe(bytes);
    const targets = new Map<number, number>();
    let at = 0;
    for (const index of indexes) {
      targets.set(index, at);
      at += endOf(index) - this.offsets.at(index);
    }
    const lying = indexes.slice().sort();
    for (let from = 0; from < lying.length; ) {
      let to = from + 1;
      const start = this.offsets.at(lying[from]);
      while (
        to < lying.length &&
        this.offsets.at(lying[to]) - endOf(lying[to - 1]) <= JOIN_BYTES &&
        endOf(lying[to]) - start <= BATCH_BYTES
      )
        to += 1;
      const run = Buffer.allocUnsafe(endOf(lying[to - 1]) - start);
      this.spill.read(start, run.length, run);
      for (let n = from; n < to; n += 1)
        run.copy(batch, targets.get(lying[n])!, this.offsets.at(lying[n]) - start, endOf(lying[n]) - start);
      from = to;
    }
    this.out.write(batch);
  }
}
