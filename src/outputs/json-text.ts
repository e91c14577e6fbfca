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

/**
 * JSON of a value whose keys are camelCase in the code and snake_case on the way out. What is unknown is left out: undefined,
 * empty text, empty lists and objects, numbers that are none. Returns "" when nothing is left.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value === "" ? "" : JSON.stringify(value);
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
