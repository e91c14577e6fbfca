import { option, section } from "../declare.ts";
import { path, whole } from "../values.ts";

export const geo = section(
  {
    country: option(path().optional(), {
      doc: "A country database of your own (MMDB: GeoLite2, GeoIP2, DB-IP, IPinfo).",
      defaultText: "the embedded database",
      example: "/var/lib/bordertap/geo/country.mmdb",
      reload: "restart",
    }),
    maxAgeDays: option(whole(1, 3650).default(35), { doc: "A database older than this is reported as stale.", unit: "days" }),
  },
  { doc: "Where addresses are.", reload: "hot" },
);
