/** Names of link types as libpcap prints them, without the prefix (https://www.tcpdump.org/linktypes.html). */
const NAMES: Readonly<Record<number, string>> = {
  0: "NULL",
  1: "EN10MB",
  6: "IEEE802",
  8: "SLIP",
  9: "PPP",
  10: "FDDI",
  50: "PPP_SERIAL",
  51: "PPP_ETHER",
  101: "RAW",
  104: "C_HDLC",
  105: "802.11",
  107: "FRELAY",
  108: "LOOP",
  113: "LINUX_SLL",
  117: "PFLOG",
  127: "RADIOTAP",
  228: "IPV4",
  229: "IPV6",
  239: "NFLOG",
  258: "PKTAP",
  276: "LINUX_SLL2",
};

/** Link types for people, in order of appearance; a number where there is no name. */
export function linkNames(linkTypes: Iterable<number>): string {
  return [...linkTypes].map((type) => NAMES[type] ?? String(type)).join(",");
}
