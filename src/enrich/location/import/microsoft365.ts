import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { Networks, readJson } from "./networks.ts";

const schema = z.array(z.object({ id: z.number(), serviceArea: z.string(), ips: z.array(z.string()).optional() }));

/**
 * Microsoft 365 endpoints (endpoints.office.com/endpoints/worldwide). Its front doors answer from the nearest of Microsoft's
 * edges, so the address says nothing of where the data is kept: claims that it is nowhere certain. One address may serve
 * several areas.
 */
export const microsoft365 = defineImporter({
  format: "microsoft365",
  title: "Microsoft 365 endpoints",
  kind: "anycast",
  published: "https://endpoints.office.com/endpoints/worldwide",
  read({ bytes, file, regions }) {
    const what = "list of Microsoft 365 endpoints";
    const networks = new Networks(file, regions);
    for (const { ips = [] } of readJson(bytes, file, schema, what)) for (const prefix of ips) networks.addAnycast(prefix, "Microsoft 365");
    return networks.done(undefined, what);
  },
});
