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
    ringMegabytes: option(whole(1, 4096).default(64), { doc: "Size of the ring of each thread.", unit: "MB" }),
  },
  { doc: "Where packets come from.", reload: "restart" },
);
