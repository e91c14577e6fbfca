import { option, section } from "../declare.ts";
import { list, network, path, whole } from "../values.ts";

export const blocklist = section(
  {
    folder: option(path().optional(), {
      doc: "Where the feeds are written (`blocklist.txt`, `blocklist.json`, `blocklist.nft`), for a web server or a firewall's own fetching.",
      defaultText: "`blocklist` in the state folder",
    }),
    days: option(whole(1, 365).default(30), { doc: "An approved address stays so long.", unit: "days" }),
    limit: option(whole(1, 100_000).default(1000), { doc: "Addresses at most; beyond them an approval is refused.", unit: "addresses" }),
    never: option(list(network()).default([]), {
      doc: "Outside networks that are never listed, beside the site's own, those of registered parties, special-purpose space and well-known resolvers.",
    }),
  },
  {
    doc: "Feed of outside addresses of confirmed violations, for firewalls. A person approves each; bordertap itself blocks nothing.",
    reload: "hot",
  },
);
