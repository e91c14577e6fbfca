import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { dayOf, Networks, readJson, wrong } from "./networks.ts";

const schema = z.object({
  creationTime: z.string().optional(),
  prefixes: z.array(z.object({ ipv4Prefix: z.string().optional(), ipv6Prefix: z.string().optional(), scope: z.string().min(1) })),
});

/** Google cloud.json. The scope `global` is Google's load balancers: one address, edges everywhere. */
export const gcp = defineImporter({
  format: "gcp",
  title: "Google Cloud cloud.json",
  kind: "cloud-region",
  published: "https://www.gstatic.com/ipranges/cloud.json",
  read({ bytes, file, regions }) {
    const what = "Google cloud.json";
    const list = readJson(bytes, file, schema, what);
    const networks = new Networks(file, regions);
    for (const [n, { ipv4Prefix, ipv6Prefix, scope }] of list.prefixes.entries()) {
      const prefix = ipv4Prefix ?? ipv6Prefix;
      if (prefix === undefined) throw wrong(file, `is no ${what}: prefixes.${n}: has neither ipv4Prefix nor ipv6Prefix`);
      if (scope === "global") networks.addAnycast(prefix, "Google Cloud global load balancing", { provider: "gcp", region: "global" });
      else networks.addRegion(prefix, "gcp", scope);
    }
    return networks.done(dayOf(list.creationTime), what);
  },
});
