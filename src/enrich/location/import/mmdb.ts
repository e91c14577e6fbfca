import { countriesOf } from "../country-database.ts";
import { openMmdb } from "../mmdb-walk.ts";
import { defineImporter } from "./importer.ts";

/** A country or city database in MaxMind's format, of any maker: GeoLite2, GeoIP2, DB-IP, IPinfo, ip-location-db. */
export const mmdb = defineImporter({
  format: "mmdb",
  title: "A country or city database (MMDB)",
  kind: "country-database",
  published: "your supplier",
  read({ bytes, file }) {
    const db = openMmdb(file, bytes);
    let networks = 0;
    const { ranges, answers } = countriesOf(db, () => {
      networks += 1;
    });
    return { ranges, answers, build: db.build === "unknown" ? undefined : db.build, networks, remarks: [] };
  },
});
