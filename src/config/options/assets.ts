import { z } from "zod";
import { option } from "../declare.ts";
import { address, line, list } from "../values.ts";

export const asset = z.strictObject({
  address: option(address(), { doc: "Its inside address.", example: "10.20.4.11" }),
  name: option(line(100), { doc: "What alerts call it. A device or host, never a person.", example: "CT-3" }),
  owner: option(line(100).optional(), { doc: "Who answers for it.", example: "Radiology" }),
  department: option(line(100).optional(), { doc: "Where it stands." }),
});

export const assets = option(list(asset, 100_000).default([]), { doc: "Inside hosts and devices by name.", reload: "hot" });
