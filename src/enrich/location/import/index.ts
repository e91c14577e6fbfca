import type { GeoFormat } from "../../../model/geo-status.ts";
import { anycastList } from "./anycast-list.ts";
import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import { cloudflare } from "./cloudflare.ts";
import { fastly } from "./fastly.ts";
import { gcp } from "./gcp.ts";
import { geofeed } from "./geofeed.ts";
import type { Importer } from "./importer.ts";
import { microsoft365 } from "./microsoft365.ts";
import { mmdb } from "./mmdb.ts";
import { oci } from "./oci.ts";

/** The formats that can be loaded, by the name that the configuration uses. */
export const IMPORTERS: ReadonlyMap<GeoFormat, Importer> = new Map(
  [mmdb, aws, azure, gcp, oci, cloudflare, fastly, microsoft365, anycastList, geofeed].map((importer) => [importer.format, importer]),
);
