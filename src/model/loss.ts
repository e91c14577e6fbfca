/**
 * Every reason why something that was on the wire did not become knowledge. A closed list: metric labels, summary keys
 * and reports use these words. A stage that needs a new one adds it here, with its meaning.
 */
export const LOSS_REASONS = {
  // capture
  kernel_drops: "the kernel had no room in the ring",
  record_truncated: "the capture file ends inside a record",
  record_length: "a record states an impossible length",
  // decode: why a frame is malformed or not understood further
  linktype_unknown: "no decoder for this link type",
  ethernet_short: "frame ends inside the link header",
  vlan_short: "frame ends inside a VLAN tag",
  ip_version: "IP header with an impossible version",
  ipv4_short: "frame ends inside the IPv4 header",
  ipv4_header_length: "IPv4 header length below 20 or beyond the frame",
  ipv4_total_length: "IPv4 total length below its header",
  ipv6_short: "frame ends inside the IPv6 header",
  ipv6_extension: "impossible or cut IPv6 extension header",
  depth: "more headers than are followed",
  transport_short: "frame ends inside the transport header",
  tcp_header_length: "TCP data offset below 20 or beyond the segment",
  udp_length: "UDP length below 8 or beyond the packet",
  tunnel_undecoded: "the inside of a tunnel broke its own rules: its flow is that of the header around it",
  encapsulation_limit: "the table of tunnel and VLAN stacks was full: a packet's stack was not told apart",
  non_ip: "a frame without IP (ARP, LLDP, STP …): counted by kind",
  // flows
  span_duplicate: "a packet seen a second time within milliseconds (a mirror of two ports): left out of its flow",
  snaplen: "payload cut by the snap length",
  gap: "a hole in the TCP stream before what a dissector reads",
  fragment_orphan: "a later fragment without its first one",
  fragment_missing: "a datagram of which the first fragment came and another one did not: what they carried was not read as a whole",
  reassembly_limit: "the table of fragments or of stream prefixes was full",
  fragment_overlap: "fragments that overlap or run over the end: not reassembled",
  flow_evicted: "the flow table was full: a flow was reported early and forgotten",
  clock_backwards: "packet time went back by more than a second",
  // dissect
  dissect_malformed: "a recognised protocol broke its own rules",
  dissect_limit: "a dissector reached its limit of bytes or values",
  facts_dropped: "distinct values beyond the cap of a fact",
  dns_unasked: "a DNS answer that answers no seen question",
  // collect
  template_missing: "a set of flow records whose template never came",
  export_malformed: "an export message or set that breaks the rules of its own headers",
  export_unaddressed: "an exported record without a source and a destination address",
  export_lost: "flow records or messages that the exporters' sequence numbers say were sent and did not come",
  export_limit: "a table of exporters, templates or held sets was full",
  export_misdated: "a flow record dated further from its arrival than collect.skewSeconds: its times were moved to within that",
  export_refused: "a message from an exporter that is not on the list",
  // sensor to core
  link_dropped: "the core was too slow or away, and the sensor's queue was full",
  sensor_outage: "packets the interface counted while no sensor was running",
  flows_unreported: "flows in the table of a sensor that died: what they carried since their last report is unknown",
  // core
  spool_unreadable: "a batch of flow events in the spool that this program cannot read, left out at a start",
  spool_set_aside: "flow events in the spool of which the core died time after time, set aside unjudged",
  names_evicted: "the table of learned names was full",
  history_dropped: "flow records that could not be written to history",
  output_dropped: "records that an output could not take",
} as const;

export type LossReason = keyof typeof LOSS_REASONS;

export const LOSS_NAMES = Object.keys(LOSS_REASONS) as LossReason[];

/** Index of a reason in typed-array counters. */
export const LOSS_INDEX = Object.fromEntries(LOSS_NAMES.map((name, index) => [name, index])) as Record<LossReason, number>;
