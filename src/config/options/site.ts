import { z } from "zod";
import { TAP_POSITIONS } from "../../model/site.ts";
import { option, section } from "../declare.ts";
import { checkedText, line, list, network } from "../values.ts";

/**
 * Private and link-local space: RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6. Left out on purpose: 100.64.0.0/10
 * (RFC 6598) belongs to the access provider, so an address of it seen at the tap is not the hospital's own; and public space, which
 * only the operator knows.
 */
export const DEFAULT_INSIDE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"];

const DEFAULT_TIME_ZONE = "Europe/Luxembourg";

export const site = section(
  {
    name: option(line(100).default("unnamed site"), { doc: "Name of the monitored place.", example: "Centre hospitalier du Nord" }),
    latitude: option(z.number().min(-90).max(90).optional(), {
      doc: "Where the tap is, for the map and the speed-of-light check.",
      unit: "degrees north, WGS 84",
      example: 49.6117,
    }),
    longitude: option(z.number().min(-180).max(180).optional(), { doc: "See `latitude`.", unit: "degrees east, WGS 84", example: 6.13 }),
    timeZone: option(checkedText("time zone", wrongTimeZone).default(DEFAULT_TIME_ZONE), {
      doc: "IANA time zone in which people read times and in which the hours of authorisations are meant. Records and days use UTC.",
    }),
    tap: option(z.enum(TAP_POSITIONS).default("inside-nat"), {
      doc: "Where the tap is. `inside-nat`: hosts are seen by their own addresses. `outside-nat`: behind address translation; then `inside` must name the public addresses, assets are known by registered address only, and neither MAC addresses nor host names are learned.",
    }),
    proxies: option(list(network(), 1000).default([]), {
      doc: "Inside networks of proxies that add their client's address to X-Forwarded-For or Forwarded (RFC 7239). In clear HTTP that they send, this client is the asset; the zone stays the proxy's. Whoever is not named here is not believed.",
      example: ["10.20.0.80/32"],
    }),
    learnsHostNames: option(z.boolean().default(true), {
      doc: "Inside hosts that are no registered asset are called by the name that DHCP or DNS gives them.",
    }),
  },
  { doc: "The monitored place.", reload: "hot" },
);

export const inside = option(list(network()).min(1).default(DEFAULT_INSIDE), {
  doc: "The site's own networks; every other address is outside. The default is private and link-local space (RFC 1918, 3927, 4193, 4291). Add the site's public networks: a flow between two addresses that are both outside is transit and is not judged. 100.64.0.0/10 (RFC 6598) is the access provider's and not in the default.",
  reload: "hot",
});

function wrongTimeZone(text: string): { message: string } | undefined {
  // The first use of Intl costs some 20 ms of the start.
  if (text === DEFAULT_TIME_ZONE) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return undefined;
  } catch {
    return { message: `${JSON.stringify(text.slice(0, 80))} is no IANA time zone` };
  }
}
