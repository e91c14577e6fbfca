import { type ClientFrame, TOPICS } from "./wire.ts";

const MOST_PARAMS = 6;
const LONGEST_VALUE = 500;
const SUB_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Reads what a client sent. Anything but a frame of the contract gives one line saying why; it never throws. */
export function readFrame(text: string): ClientFrame | string {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  if (!isRecord(found)) return "not an object";
  if (found.type === "pause" || found.type === "resume") return { type: found.type };
  if (found.type !== "sub" && found.type !== "unsub") return "unknown type";
  if (typeof found.id !== "string" || !SUB_ID.test(found.id)) return "id is 1 to 32 letters, digits, - or _";
  if (found.type === "unsub") return { type: "unsub", id: found.id };
  const topic = TOPICS.find((name) => name === found.topic);
  if (!topic) return "unknown topic";
  const frame: ClientFrame = { type: "sub", id: found.id, topic };
  if (found.params !== undefined) {
    const params = paramsOf(found.params);
    if (typeof params === "string") return params;
    frame.params = params;
  }
  if (found.from !== undefined) {
    const { from } = found;
    if (!isRecord(from) || typeof from.epoch !== "string" || from.epoch.length > 64 || !Number.isSafeInteger(from.seq))
      return "from is {epoch, seq}";
    frame.from = { epoch: from.epoch, seq: from.seq as number };
  }
  return frame;
}

function paramsOf(found: unknown): Record<string, string | number> | string {
  if (!isRecord(found)) return "params is an object";
  const entries = Object.entries(found);
  if (entries.length > MOST_PARAMS) return "too many params";
  for (const [, value] of entries) {
    if (typeof value === "number" ? !Number.isFinite(value) : typeof value !== "string" || value.length > LONGEST_VALUE) {
      return "a param is a short text or a number";
    }
  }
  return Object.fromEntries(entries) as Record<string, string | number>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
