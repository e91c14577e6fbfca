import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { dayOf, Networks, readJson } from "./networks.ts";

const schema = z.object({
  last_updated_timestamp: z.string().optional(),
  regions: z.array(z.object({ region: z.string().min(1), cidrs: z.array(z.object({ cidr: z.string() })) })),
});

/** Oracle Cloud public_ip_ranges.json. */
export const oci = defineImporter({
  format: "oci",
  title: "Oracle Cloud public_ip_ranges.json",
  kind: "cloud-region",
  published: "https://docs.oracle.com/iaas/tools/public_ip_ranges.json",
  read({ bytes, file, regions }) {
    const what = "Oracle public_ip_ranges.json";
    const list = readJson(bytes, file, schema, what);
    const networks = new Networks(file, regions);
    for (const { region, cidrs } of list.regions) for (const { cidr } of cidrs) networks.addRegion(cidr, "oci", region);
    return networks.done(dayOf(list.last_updated_timestamp), what);
  },
});
