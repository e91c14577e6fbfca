import { z } from "zod";
import { DATA_CLASSES } from "../../model/site.ts";
import { option } from "../declare.ts";
import { identifier, line, list, network, whole } from "../values.ts";

/** Order of a zone that states none. */
export const DEFAULT_ORDER = 100;
export const LARGEST_ORDER = 999_999;

export const zone = z.strictObject({
  name: option(identifier(), { doc: "What authorisations, queries and metrics call it.", example: "imaging" }),
  title: option(line().optional(), { doc: "For people.", defaultText: "the name" }),
  networks: option(list(network()).default([]), { doc: "Inside networks of the zone.", example: ["10.20.0.0/16"] }),
  vlans: option(list(whole(1, 4094)).default([]), {
    doc: "VLAN ids of the zone (IEEE 802.1Q). A zone needs networks or VLANs.",
    example: [120],
  }),
  data: option(list(z.enum(DATA_CLASSES)).min(1), {
    doc: "What its hosts hold. All classes but `billing`, `admin` and `guest` are patient data.",
    example: ["imaging"],
  }),
  jurisdiction: option(identifier().optional(), {
    doc: "Jurisdiction list that its traffic is held against.",
    defaultText: "`jurisdiction`",
  }),
  judged: option(z.boolean().optional(), {
    doc: "false: its flows are counted and not judged.",
    defaultText: "true, but false where `data` is only `guest`",
  }),
  order: option(whole(0, LARGEST_ORDER).default(DEFAULT_ORDER), {
    doc: "Where zones overlap the lower order decides. Overlapping zones of the same order are an error.",
  }),
});

export const zones = option(list(zone, 1000).optional(), {
  doc: "Named parts of the inside. Without any, one zone `inside` covers all inside networks; with some, inside addresses in none of them are in a built-in zone `unassigned`. Both are held to contain patient records: what is unknown is not taken for harmless.",
  reload: "hot",
  defaultText: "one zone `inside` over all inside networks, data `patient-record`",
});
