import { z } from "zod";
import { isOpenToTampering } from "../../lib/source-url.ts";
import { GEO_FORMATS } from "../../model/geo-status.ts";
import { option, section } from "../declare.ts";
import { checkedText, country, day, identifier, line, list, network, path, whole } from "../values.ts";

const source = z
  .strictObject({
    name: option(identifier(), { doc: "What claims and alerts call it.", example: "aws" }),
    format: option(z.enum(GEO_FORMATS), {
      doc: "`mmdb`: a country or city database (GeoLite2, GeoIP2, DB-IP, IPinfo). `aws`, `azure`, `gcp`, `oci`: the vendor's own list of its regions. `cloudflare`, `fastly`, `microsoft365`: edges. `anycast-list`: networks of your own, one a line. `geofeed`: RFC 8805.",
    }),
    from: option(line(2000), {
      doc: "File or URL that `bordertap geo update` takes it from: https; plain http only with `sha256`, or from this machine. Nothing is fetched by itself.",
      example: "https://ip-ranges.amazonaws.com/ip-ranges.json",
      isSecret: true,
    }),
    sha256: option(checkedText("SHA-256", wrongSha256).optional(), {
      doc: "What the file's SHA-256 must be, where its maker publishes it.",
    }),
    maxAgeDays: option(whole(1, 3650).optional(), {
      doc: "Older than this it is reported as stale.",
      unit: "days",
      defaultText: "`geo.maxAgeDays`",
    }),
    licence: option(line(200).optional(), { doc: "Licence that you have it under, kept with it." }),
    attribution: option(line(500).optional(), { doc: "Credit that its licence asks for; shown wherever its answers are." }),
  })
  .superRefine(({ from, sha256 }, context) => {
    if (sha256 === undefined && isOpenToTampering(from))
      context.addIssue({ code: "custom", path: ["from"], message: "plain http can be changed on the way: use https, or state its sha256" });
  });

const override = z.strictObject({
  network: option(network(), { doc: "Network that it is about; the most specific one decides.", example: "203.0.113.0/24" }),
  countries: option(list(country(), 50).min(1), { doc: "Where it is. Several: it is in one of them.", example: ["LU"] }),
  author: option(line(100), { doc: "Who says so." }),
  reason: option(line(500), { doc: "How that is known.", example: "data centre contract 2026-03" }),
  until: option(day().optional(), { doc: "Last day that it holds, by packet time. It should have one.", unit: "YYYY-MM-DD, UTC" }),
});

export const geo = section(
  {
    country: option(path().optional(), {
      doc: "A country database of your own (MMDB: GeoLite2, GeoIP2, DB-IP, IPinfo) instead of the embedded one.",
      defaultText: "the embedded database",
      example: "/var/lib/bordertap/geo/country.mmdb",
      reload: "restart",
    }),
    maxAgeDays: option(whole(1, 3650).default(35), { doc: "A database older than this is reported as stale.", unit: "days" }),
    sources: option(list(source, 32).default([]), {
      doc: "Further sources, asked beside the country database. `bordertap geo update` installs them in `state.folder`; a reload takes them over.",
    }),
    overrides: option(list(override, 10_000).default([]), {
      doc: "Your own word on where networks are. It outranks every other source; a disagreement with all databases is reported.",
    }),
    speedOfLight: option(z.boolean().default(true), {
      doc: "Hold claims against the round-trip time of handshakes: an answer after r ms comes from at most r × 100 km away. Needs `site.latitude` and `site.longitude`. Turn it off where a device between tap and Internet answers handshakes for everybody.",
    }),
    answeredNearby: option(list(network(), 10_000).default([]), {
      doc: "Outside networks whose handshakes something nearer answers (SYN proxies, transparent caches): their round-trip times say nothing.",
    }),
  },
  { doc: "Where addresses are.", reload: "hot" },
);

function wrongSha256(text: string): { message: string } | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? undefined : { message: "is no SHA-256: 64 hexadecimal digits" };
}
