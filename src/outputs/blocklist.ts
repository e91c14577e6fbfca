import { type AddressWords, compareAddresses, parseAddress, parsePrefix } from "../lib/ip.ts";

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

/**
 * Those whose time is not over and that may still be listed, in the order of their addresses, so that the same list is the same
 * text. What has become the site's own, a party's or a resolver's since its approval is blocked no longer.
 */
export function standing(entries: readonly BlockEntry[], nowMs: number, never: BlockRules["never"] = []): BlockEntry[] {
  const ranges = rangesOf(never);
  return entries
    .filter(({ untilMs, address }) => untilMs > nowMs && whyNever(parseAddress(address)!, ranges) === undefined)
    .sort((a, b) => compareAddresses(parseAddress(a.address)!, parseAddress(b.address)!));
}

type NeverRange = BlockRules["never"][number] & { first: AddressWords; last: AddressWords };

function rangesOf(never: BlockRules["never"]): NeverRange[] {
  return never.flatMap((one) => {
    const range = parsePrefix(one.network);
    return range === undefined ? [] : [{ ...one, first: range.first, last: range.last }];
  });
}

function whyNever(words: AddressWords, ranges: readonly NeverRange[]): NeverRange | undefined {
  return ranges.find(({ first, last }) => compareAddresses(first, words) <= 0 && compareAddresses(words, last) <= 0);
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
  const never = whyNever(words, rangesOf(rules.never));
  if (never !== undefined) return { result: "refused", why: `${address} is never listed: ${never.network} is ${never.why}` };
  const others = standing(entries, nowMs, rules.never).filter((entry) => entry.address !== address);
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
