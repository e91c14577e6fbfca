import { isCountry } from "../country-codes.ts";
import { defineImporter } from "./importer.ts";
import { linesOf } from "./lines.ts";
import { Networks, wrong } from "./networks.ts";

/**
 * A geofeed (RFC 8805): `prefix,country,region,city,postal` lines by which a network's own operator says where its addresses
 * are. An empty country means "do not locate" (§2.1.1.2).
 */
export const geofeed = defineImporter({
  format: "geofeed",
  title: "A provider's geofeed (RFC 8805)",
  kind: "cloud-region",
  published: "the provider's geofeed",
  read({ bytes, file, name, regions }) {
    const networks = new Networks(file, regions);
    for (const { text, line } of linesOf(bytes)) {
      const [prefix, code = "", , city = ""] = text.split(",").map((field) => field.trim());
      const country = code.toUpperCase();
      if (code !== "" && !isCountry(country)) throw wrong(file, `line ${line}: ${JSON.stringify(code.slice(0, 20))} is no country code`);
      const cloud = { provider: name, region: city === "" ? country || "unknown" : city };
      const note = city === "" ? {} : { note: city };
      networks.add(prefix, `${country} ${city}`, () => ({
        kind: "cloud-region",
        country: country === "" ? undefined : country,
        cloud,
        ...note,
      }));
    }
    return networks.done(undefined, "geofeed (RFC 8805)");
  },
});
