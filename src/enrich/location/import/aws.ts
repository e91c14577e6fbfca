import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { dayOf, Networks, readJson } from "./networks.ts";

const service = { region: z.string().min(1), service: z.string() };
const schema = z.object({
  createDate: z.string().optional(),
  prefixes: z.array(z.object({ ip_prefix: z.string(), ...service })),
  ipv6_prefixes: z.array(z.object({ ipv6_prefix: z.string(), ...service })),
});

/** AWS ip-ranges.json (docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). `GLOBAL` is CloudFront and the like: edges everywhere. */
export const aws = defineImporter({
  format: "aws",
  title: "Amazon Web Services ip-ranges.json",
  kind: "cloud-region",
  published: "https://ip-ranges.amazonaws.com/ip-ranges.json",
  read({ bytes, file, regions }) {
    const what = "AWS ip-ranges.json";
    const list = readJson(bytes, file, schema, what);
    const networks = new Networks(file, regions);
    const all = [
      ...list.prefixes.map((p) => ({ ...p, prefix: p.ip_prefix })),
      ...list.ipv6_prefixes.map((p) => ({ ...p, prefix: p.ipv6_prefix })),
    ];
    for (const { prefix, region } of all) {
      if (region === "GLOBAL")
        networks.addAnycast(prefix, "Amazon edge (CloudFront, Global Accelerator)", { provider: "aws", region: "global" });
      else networks.addRegion(prefix, "aws", region);
    }
    return networks.done(dayOf(list.createDate), what);
  },
});
