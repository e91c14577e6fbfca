import type { BlockEntry } from "./blocklist.ts";

const TABLE = "bordertap";

/** The same list in the forms that firewalls read, by file name. */
export function blocklistFeeds(entries: readonly BlockEntry[], nowMs: number): Record<string, string> {
  return { "blocklist.txt": externalList(entries), "blocklist.json": jsonFeed(entries), "blocklist.nft": nftables(entries, nowMs) };
}

/** An external dynamic list: one address a line. No comments after addresses, which some firewalls refuse. */
export function externalList(entries: readonly BlockEntry[]): string {
  return entries.map(({ address }) => `${address}\n`).join("");
}

export function jsonFeed(entries: readonly BlockEntry[]): string {
  return `${JSON.stringify({ version: 1, entries }, null, 1)}\n`;
}

/**
 * A script for `nft -f`: two sets, emptied and filled in one transaction, each element with the time it has left. It makes the
 * sets and no rule: what is done with them is the firewall's own matter.
 */
export function nftables(entries: readonly BlockEntry[], nowMs: number): string {
  const lines = [`add table inet ${TABLE}`];
  for (const [set, type, isSixth] of [
    ["blocked4", "ipv4_addr", false],
    ["blocked6", "ipv6_addr", true],
  ] as const) {
    lines.push(`add set inet ${TABLE} ${set} { type ${type}; flags timeout; }`, `flush set inet ${TABLE} ${set}`);
    const elements = entries
      .filter(({ address }) => address.includes(":") === isSixth)
      .map(({ address, untilMs }) => `${address} timeout ${Math.max(1, Math.floor((untilMs - nowMs) / 1000))}s`);
    if (elements.length > 0) lines.push(`add element inet ${TABLE} ${set} { ${elements.join(", ")} }`);
  }
  return `${lines.join("\n")}\n`;
}
