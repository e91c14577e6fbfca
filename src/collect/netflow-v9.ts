import type { ExportMessage } from "./export-message.ts";
import { placeOfV9 } from "./information-elements.ts";
import type { ExportProtocol } from "./protocol.ts";
import { readSets, type SetBytes, type TemplateStyle } from "./sets.ts";
import type { Template } from "./template.ts";
import { isBelievable, TemplateFields } from "./template-fields.ts";

const VERSION = 9;
const HEADER_BYTES = 20;
const FIELD_BYTES = 4;
const FIRST_DATA_SET = 256;

/** RFC 3954 §5.2 and §6.1. */
const style: TemplateStyle = {
  templateSet: 0,
  optionsSet: 1,
  readTemplates(set, isOptions, take) {
    const headerBytes = isOptions ? 6 : 4;
    let at = set.start;
    while (at + headerBytes <= set.end) {
      const id = set.view.getUint16(at);
      // Zeros are padding.
      if (id < FIRST_DATA_SET) return id === 0;
      const next = isOptions ? readOptions(set, at, take) : readFields(set, at + 4, set.view.getUint16(at + 2), id, false, take);
      if (next < 0) return false;
      at = next;
    }
    return true;
  },
};

function readOptions(set: SetBytes, at: number, take: (template: Template) => void): number {
  const bytes = set.view.getUint16(at + 2) + set.view.getUint16(at + 4);
  if (bytes % FIELD_BYTES !== 0) return -1;
  const scopeFields = set.view.getUint16(at + 2) / FIELD_BYTES;
  return readFields(set, at + 6, bytes / FIELD_BYTES, set.view.getUint16(at), true, take, scopeFields);
}

/** Returns where the template ends, -1 when it lies about that. Scope types are not field types (§6.1): they are passed over. */
function readFields(
  { view, end }: SetBytes,
  start: number,
  count: number,
  id: number,
  isOptions: boolean,
  take: (template: Template) => void,
  scopeFields = 0,
): number {
  const next = start + count * FIELD_BYTES;
  if (next > end || !isBelievable(count)) return -1;
  const fields = new TemplateFields();
  for (let field = 0; field < count; field += 1) {
    const at = start + field * FIELD_BYTES;
    const length = view.getUint16(at + 2);
    fields.add(field < scopeFields ? -1 : placeOfV9(view.getUint16(at)), length);
  }
  const template = fields.template(id, isOptions);
  if (template === undefined) return -1;
  take(template);
  return next;
}

/** Cisco NetFlow version 9 (RFC 3954). */
export const netflowV9: ExportProtocol = {
  name: "netflow-v9",
  matches: ({ view, start, end }: ExportMessage) => end - start >= HEADER_BYTES && view.getUint16(start) === VERSION,
  read(message, context) {
    const { view, start, arrivalMicros } = message;
    const exportMicros = view.getUint32(start + 8) * 1e6;
    const exporter = context.exporterOf(message, "netflow9", view.getUint32(start + 16));
    if (exporter === undefined) return;
    exporter.spoke(arrivalMicros, exportMicros);
    const uptimeMs = view.getUint32(start + 4);
    if (exporter.isRestarted(uptimeMs, view.getUint32(start + 12), exportMicros)) context.restarted(exporter);
    context.lost(exporter.sequence.saw(view.getUint32(start + 12), 1));
    readSets(message, start + HEADER_BYTES, exporter, { exportMicros, uptimeMs, bootMs: exporter.bootMs, arrivalMicros }, style, context);
  },
};
