import { DataRecord } from "./data-record.ts";
import type { ExportMessage } from "./export-message.ts";
import type { Exporter } from "./exporter.ts";
import { canNameEnds, readFlow } from "./flow-of-record.ts";
import type { MessageTimes } from "./held-sets.ts";
import { E } from "./information-elements.ts";
import type { CollectContext } from "./protocol.ts";
import type { Template } from "./template.ts";

const SET_HEADER_BYTES = 4;
const FIRST_DATA_SET = 256;

/** How NetFlow v9 and IPFIX write templates down; sets and data records are alike. */
export interface TemplateStyle {
  readonly templateSet: number;
  readonly optionsSet: number;
  /** Takes the templates in a set. Returns false when it breaks off in one. */
  readTemplates(set: SetBytes, isOptions: boolean, take: (template: Template) => void, exporter: Exporter): boolean;
}

/** A set without its header: view[start, end). */
export interface SetBytes {
  view: DataView;
  start: number;
  end: number;
}

const record = new DataRecord();

/**
 * Takes the sets of a message from `at` on (RFC 3954 §5, RFC 7011 §3.3). Returns how many data records there were, those of
 * options included; NaN when some could not be counted for want of a template.
 */
export function readSets(
  message: ExportMessage,
  at: number,
  exporter: Exporter,
  times: Readonly<MessageTimes>,
  style: TemplateStyle,
  context: CollectContext,
): number {
  const { view, end } = message;
  let records = 0;
  let next = at;
  while (next + SET_HEADER_BYTES <= end) {
    const id = view.getUint16(next);
    const length = view.getUint16(next + 2);
    if (length < SET_HEADER_BYTES || next + length > end) {
      // Some exporters fill the datagram up with zeros.
      if (id !== 0 || length !== 0) context.malformed();
      return length === 0 ? records : Number.NaN;
    }
    const set = { view, start: next + SET_HEADER_BYTES, end: next + length };
    next += length;
    if (id === style.templateSet || id === style.optionsSet) readTemplateSet(set, id === style.optionsSet, exporter, times, style, context);
    else if (id >= FIRST_DATA_SET) records += readDataSet(message.bytes, set, id, exporter, times, context);
    else context.malformed();
  }
  return records;
}

function readTemplateSet(
  set: SetBytes,
  isOptions: boolean,
  exporter: Exporter,
  times: Readonly<MessageTimes>,
  style: TemplateStyle,
  context: CollectContext,
): void {
  const nowMicros = times.arrivalMicros;
  const take = (template: Template) => {
    if (exporter.templates.put(template, nowMicros) === "full") context.full();
    for (const waiting of exporter.held.release(template.id)) {
      const view = new DataView(waiting.bytes.buffer, waiting.bytes.byteOffset, waiting.bytes.byteLength);
      const whole = { view, start: 0, end: waiting.bytes.length };
      readRecords(waiting.bytes, whole, template, exporter, waiting, context);
    }
  };
  if (!style.readTemplates(set, isOptions, take, exporter)) context.malformed();
}

function readDataSet(
  bytes: Buffer,
  set: SetBytes,
  id: number,
  exporter: Exporter,
  times: Readonly<MessageTimes>,
  context: CollectContext,
): number {
  const template = exporter.templates.get(id, times.arrivalMicros);
  if (template !== undefined) return readRecords(bytes, set, template, exporter, times, context);
  const outcome = exporter.held.hold(id, bytes, set.start, set.end, times);
  if (outcome !== "free") context.full();
  if (outcome === "none") context.dropped(1);
  else context.held();
  return Number.NaN;
}

/** Returns how many records there were. What is left and shorter than one is padding. */
function readRecords(
  bytes: Buffer,
  { view, start, end }: SetBytes,
  template: Template,
  exporter: Exporter,
  times: Readonly<MessageTimes>,
  context: CollectContext,
): number {
  if (!template.isOptions && !canNameEnds((place) => template.has(place)) && template.fixedBytes !== undefined) {
    const count = Math.floor((end - start) / template.fixedBytes);
    context.unaddressed(count);
    return count;
  }
  record.view = view;
  let count = 0;
  for (let at = template.lay(record, start, end); at >= 0; at = template.lay(record, at, end)) {
    count += 1;
    if (template.isOptions) {
      exporter.samplers.learn(record);
      const bootMs = record.number(E.systemInitTimeMilliseconds);
      if (bootMs > 0) exporter.bootMs = bootMs;
      context.options(1);
    } else if (readFlow(record, times, context.flow, context.readFrame, bytes)) {
      context.flow.templateId = template.id;
      context.flow.samplingRate = exporter.samplers.rateOf(record);
      context.emit(exporter, times.arrivalMicros);
    } else context.unaddressed(1);
  }
  return count;
}
