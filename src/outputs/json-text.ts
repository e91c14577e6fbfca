const keys = new Map<string, string>();

/** `"snake_case":` of a camelCase key. Keys come from code, so the memory is as small as the code. */
function keyText(key: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = `"${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`;
    keys.set(key, text);
  }
  return text;
}

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

/** JSON of a text; nearly all are plain, and those are not worth a call of JSON.stringify. */
export function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** JSON of a list of texts. */
export function quotedList(texts: readonly string[]): string {
  let out = "";
  for (let n = 0; n < texts.length; n += 1) out += n === 0 ? quoted(texts[n]) : `,${quoted(texts[n])}`;
  return `[${out}]`;
}

/** `,"snake_case":value` of one member, or "" when there is nothing to tell. */
export function memberText(key: string, value: unknown): string {
  const text = jsonText(value);
  return text === "" ? "" : `,${keyText(key)}${text}`;
}

/**
 * JSON of a value whose keys are camelCase in the code and snake_case on the way out. What is unknown is left out: undefined,
 * empty text, empty lists and objects, numbers that are none. Returns "" when nothing is left.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value === "" ? "" : quoted(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "";
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "";
      return Array.isArray(value) ? listText(value) : objectText(value as Record<string, unknown>);
    default:
      return "";
  }
}

function listText(values: readonly unknown[]): string {
  let out = "";
  for (let n = 0; n < values.length; n += 1) {
    const text = jsonText(values[n]);
    if (text !== "") out += out === "" ? text : `,${text}`;
  }
  return out === "" ? "" : `[${out}]`;
}

function objectText(object: Record<string, unknown>): string {
  let out = "";
  for (const key in object) {
    const text = jsonText(object[key]);
    if (text !== "") out += `${out === "" ? "" : ","}${keyText(key)}${text}`;
  }
  return out === "" ? "" : `{${out}}`;
}
