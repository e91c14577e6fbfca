import { compareAddresses, parseAddress, parsePrefix } from "../lib/ip.ts";

const DAY_MS = 86_400_000;

/** One outside address that a person approved for blocking. */
export interface BlockEntry {
  address: string;
  alertId: string;
  detection: string;
  approvedBy: string;
  approvedAtMs: number;
  untilMs: number;
}

export interface BlockRules {
  days: number;
  limit: number;
  /** Networks that are never listed, and why. */
  never: readonly { network: string; why: string }[];
}

export type Approval = { result: "listed"; entries: BlockEntry[] } | { result: "refused"; why: string };

/** Those whose time is not over, in the order of their addresses, so that the same list is the same text. */
export function standing(entries: readonly BlockEntry[], nowMs: number): BlockEntry[] {
  return entries
    .filter(({ untilMs }) => untilMs > nowMs)
    .sort((a, b) => compareAddresses(parseAddress(a.address)!, parseAddress(b.address)!));
}

/** Adds an address, or gives one that stands more time. Says why not, where it may not be listed. */
export function approve(
  entries: readonly BlockEntry[],
  wanted: { address: string | undefined; alertId: string; detection: string; by: string; days?: number },
  rules: BlockRules,
  nowMs: number,
): Approval {
  const { address, alertId, detection, by, days = rules.days } = wanted;
  const words = address === undefined ? undefined : parseAddress(address);
  if (address === undefined || words === undefined) return { result: "refused", why: `alert ${alertId} names no outside address` };
  if (by.trim() === "") return { result: "refused", why: "an approval needs the name of who approves" };
  if (!(days >= 1 && days <= 365)) return { result: "refused", why: "an address is listed for 1 to 365 days" };
  for (const { network, why } of rules.never) {
    const range = parsePrefix(network);
    if (range !== undefined && compareAddresses(range.first, words) <= 0 && compareAddresses(words, range.last) <= 0)
      return { result: "refused", why: `${address} is never listed: ${network} is ${why}` };
  }
  const others = standing(entries, nowMs).filter((entry) => entry.address !== address);
  if (others.length >= rules.limit) return { result: "refused", why: `the list is full: ${others.length} addresses` };
  const entry: BlockEntry = { address, alertId, detection, approvedBy: by.trim(), approvedAtMs: nowMs, untilMs: nowMs + days * DAY_MS };
  return { result: "listed", entries: standing([...others, entry], nowMs) };
}

/** Reads the list as it was written; undefined when it is something else. */
export function readBlocklist(text: string): BlockEntry[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const entries = (value as { entries?: unknown } | null)?.entries;
  return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
}

function isEntry(value: unknown): value is BlockEntry {
  const entry = value as Partial<BlockEntry> | null;
  return (
    typeof entry?.address === "string" &&
    parseAddress(entry.address) !== undefined &&
    typeof entry.alertId === "string" &&
    typeof entry.detection === "string" &&
    typeof entry.approvedBy === "string" &&
    Number.isFinite(entry.approvedAtMs) &&
    Number.isFinite(entry.untilMs)
  );
}
