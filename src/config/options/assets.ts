import { z } from "zod";
import { option } from "../declare.ts";
import { checkedText, line, list, network, path } from "../values.ts";

export const asset = z.strictObject({
  address: option(network().optional(), {
    doc: "Its inside address, or a network of them. It or `mac` must be given.",
    defaultText: "known by `mac`",
    example: "10.20.4.11",
  }),
  mac: option(checkedText("MAC address", wrongMac).optional(), {
    doc: "Its MAC address: recognised by DHCP leases seen, and in frames where no router is between it and the tap.",
    defaultText: "known by `address`",
    example: "00:1b:21:aa:01:02",
  }),
  name: option(line(100), { doc: "What alerts call it. A device or host, never a person.", example: "CT-3" }),
  owner: option(line(100).optional(), { doc: "Who answers for it.", example: "Radiology" }),
  department: option(line(100).optional(), { doc: "Where it stands." }),
});

export const assets = option(list(asset, 100_000).default([]), { doc: "Inside hosts and devices by name.", reload: "hot" });

export const assetsFile = option(path().optional(), {
  doc: "A CSV file with more assets (columns address, mac, name, owner, department), read with the configuration and checked the same.",
  example: "assets.csv",
  reload: "hot",
});

function wrongMac(text: string): { message: string; suggestion?: string } | undefined {
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text)) return undefined;
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, "");
  const message = `${JSON.stringify(text.slice(0, 80))} is no MAC address`;
  return digits.length === 12 ? { message, suggestion: `did you mean ${digits.replace(/..(?=.)/g, "$&:")}?` } : { message };
}
