import type { ExportMessage } from "./export-message.ts";
import type { Exporter } from "./exporter.ts";
import { placeOf } from "./information-elements.ts";
import type { ExportProtocol } from "./protocol.ts";
import { readSets, type SetBytes, type TemplateStyle } from "./sets.ts";
import type { Template } from "./template.ts";
import { isBelievable, TemplateFields } from "./template-fields.ts";

const VERSION = 10;
export const IPFIX_HEADER_BYTES = 16;
const FIELD_BYTES = 4;
const ENTERPRISE_BIT = 0x8000;
const FIRST_DATA_SET = 256;
const TEMPLATE_SET = 2;
const OPTIONS_SET = 3;

/** RFC 7011 §3.4.1, §3.4.2 and, for withdrawals, §8.1. */
const style: TemplateStyle = {
  templateSet: TEMPLATE_SET,
  optionsSet: OPTIONS_SET,
  readTemplates(set, isOptions, take, exporter) {
    let at = set.start;
    while (at + 4 <= set.end) {
      const id = set.view.getUint16(at);
      const count = set.view.getUint16(at + 2);
      if (count === 0) {
        withdraw(id, isOptions, exporter);
        at += 4;
        continue;
      }
      if (id < FIRST_DATA_SET) return false;
      const next = readFields(set, at + (isOptions ? 6 : 4), count, id, isOptions, take);
      if (next < 0) return false;
      at = next;
    }
    return true;
  },
};

function withdraw(id: number, isOptions: boolean, { templates }: Exporter): void {
  if (id === TEMPLATE_SET || id === OPTIONS_SET) templates.withdrawAll(isOptions);
  else templates.withdraw(id);
}

/** Returns where the template ends, -1 when it lies about that. */
function readFields(
  { view, end }: SetBytes,
  start: number,
  count: number,
  id: number,
  isOptions: boolean,
  take: (template: Template) => void,
): number {
  if (start + count * FIELD_BYTES > end || !isBelievable(count)) return -1;
  const fields = new TemplateFields();
  let at = start;
  for (let field = 0; field < count; field += 1) {
    if (at + FIELD_BYTES > end) return -1;
    const element = view.getUint16(at);
    const length = view.getUint16(at + 2);
    at += FIELD_BYTES;
    let enterprise = 0;
    if ((element & ENTERPRISE_BIT) !== 0) {
      if (at + 4 > end) return -1;
      enterprise = view.getUint32(at);
      at += 4;
    }
    fields.add(placeOf(element & ~ENTERPRISE_BIT, enterprise), length);
  }
  const template = fields.template(id, isOptions);
  if (template === undefined) return -1;
  take(template);
  return at;
}

/** IPFIX (RFC 7011), with biflows (RFC 5103). */
export const ipfix: ExportProtocol = {
  name: "ipfix",
  matches: ({ view, start, end }: ExportMessage) =>
    end - start >= IPFIX_HEADER_BYTES && view.getUint16(start) === VERSION && view.getUint16(start + 2) >= IPFIX_HEADER_BYTES,
  read(message, context) {
    const { view, start, arrivalMicros } = message;
    const exportMicros = view.getUint32(start + 4) * 1e6;
    const exporter = context.exporterOf(message, "ipfix", view.getUint32(start + 12));
    if (exporter === undefined) return;
    exporter.spoke(arrivalMicros, exportMicros);
    const end = start + view.getUint16(start + 2);
    if (end > message.end) context.malformed();
    else message.end = end;
    const times = { exportMicros, uptimeMs: Number.NaN, bootMs: exporter.bootMs, arrivalMicros };
    const records = readSets(message, start + IPFIX_HEADER_BYTES, exporter, times, style, context);
    context.lost(exporter.sequence.saw(view.getUint32(start + 8), records));
  },
};
