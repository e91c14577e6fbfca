import { z } from "zod";
import { defineImporter } from "./importer.ts";
import { linesOf } from "./lines.ts";
import { Networks, readJson } from "./networks.ts";

const schema = z.object({ result: z.object({ ipv4_cidrs: z.array(z.string()), ipv6_cidrs: z.array(z.string()) }) });

/** Cloudflare's edge: the answer of its API (`/client/v4/ips`), or the text lists `ips-v4` and `ips-v6`. */
export const cloudflare = defineImporter({
  format: "cloudflare",
  title: "Cloudflare edge",
  kind: "anycast",
  published: "https://api.cloudflare.com/client/v4/ips",
  read({ bytes, file, regions }) {
    const what = "list of Cloudflare's networks";
    const networks = new Networks(file, regions);
    const isJson = bytes.subarray(0, 64).toString("latin1").trimStart().startsWith("{");
    const list = isJson ? readJson(bytes, file, schema, what).result : undefined;
    const prefixes = list ? [...list.ipv4_cidrs, ...list.ipv6_cidrs] : linesOf(bytes).map(({ text }) => text);
    for (const prefix of prefixes) networks.addAnycast(prefix, "Cloudflare");
    return networks.done(undefined, what);
  },
});
