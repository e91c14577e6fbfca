import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { Networks, readJson } from "./networks.ts";

const schema = z.object({
  changeNumber: z.number(),
  cloud: z.string(),
  values: z.array(z.object({ name: z.string(), properties: z.object({ region: z.string(), addressPrefixes: z.array(z.string()) }) })),
});

/** The front doors answer from the nearest of Microsoft's edges. */
const ANYCAST = new Map([["AzureFrontDoor.Frontend", "Azure Front Door"]]);

/**
 * Azure service tags (ServiceTags_Public_*.json). Only the tags `AzureCloud.<region>` say where addresses are; the tags of
 * single services repeat them. The file has no date, only a change number.
 */
export const azure = defineImporter({
  format: "azure",
  title: "Microsoft Azure service tags",
  kind: "cloud-region",
  published: "https://www.microsoft.com/en-us/download/details.aspx?id=56519",
  read({ bytes, file, regions }) {
    const what = "Azure service tag file";
    const { values } = readJson(bytes, file, schema, what);
    const networks = new Networks(file, regions);
    const anycast = new Set<string>();
    for (const { name, properties } of values) {
      const service = ANYCAST.get(name);
      if (service === undefined) continue;
      for (const prefix of properties.addressPrefixes) {
        networks.addAnycast(prefix, service, { provider: "azure", region: "global" });
        anycast.add(prefix);
      }
    }
    for (const { name, properties } of values) {
      if (!name.startsWith("AzureCloud.") || properties.region === "") continue;
      for (const prefix of properties.addressPrefixes) if (!anycast.has(prefix)) networks.addRegion(prefix, "azure", properties.region);
    }
    return networks.done(undefined, what);
  },
});
