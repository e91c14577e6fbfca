import { z } from "zod";
import { option, section } from "../declare.ts";
import { line, whole } from "../values.ts";

export const capture = section(
  {
    source: option(z.enum(["auto", "af-packet", "cap"]).default("auto"), {
      doc: "How packets are read. `auto`: `af-packet` (the kernel's ring) on Linux, `cap` (portable, its losses unknown) elsewhere.",
    }),
    interface: option(line(64).optional(), {
      doc: "The interface that the tap feeds.",
      defaultText: "that of the default route",
      example: "eth1",
    }),
    filter: option(line(2000).optional(), {
      doc: "A pcap filter expression. What it takes out is never seen, so never judged: leave it out unless the link carries what is not the hospital's.",
      example: "not port 4789",
    }),
    threads: option(whole(0, 64).default(1), {
      doc: "Sensor threads that share the interface. 0: no packets are read, only flow exports (see `collect`).",
    }),
    duplicates: option(z.enum(["keep", "suppress"]).default("keep"), {
      doc: "Packets that a mirror port gives twice, because it copies both the port they enter by and the one they leave by. `suppress` leaves the second one out of its flow: the same bytes from the innermost IP header on within 10 ms (1 ms where IP has no identification: IPv6, and IPv4 with 0), whatever the link header, VLAN tags and tunnels around it; copies on both sides of a router differ in their time to live and stay. `keep` counts them; the share of copies is measured all the same and shown.",
    }),
    ringMegabytes: option(whole(1, 4096).default(64), { doc: "Size of the ring of each thread.", unit: "MB" }),
  },
  { doc: "Where packets come from.", reload: "restart" },
);
