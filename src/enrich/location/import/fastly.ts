import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { Networks, readJson } from "./networks.ts";

const schema = z.object({ addresses: z.array(z.string()), ipv6_addresses: z.array(z.string()) });

/** Fastly's edge (`/public-ip-list`). */
export const fastly = defineImporter({
  format: "fastly",
  title: "Fastly edge",
  kind: "anycast",
  published: "https://api.fastly.com/public-ip-list",
  read({ bytes, file, regions }) {
    const what = "Fastly public-ip-list";
    const list = readJson(bytes, file, schema, what);
    const networks = new Networks(file, regions);
    for (const prefix of [...list.addresses, ...list.ipv6_addresses]) networks.addAnycast(prefix, "Fastly");
    return networks.done(undefined, what);
  },
});
