import { z } from "zod";
import { option, section } from "../declare.ts";
import { whole } from "../values.ts";

export const history = section(
  {
    enabled: option(z.boolean().default(true), { doc: "false: no flow is kept, and nothing can be queried or replayed." }),
    retentionDays: option(whole(1, 3650).default(90), { doc: "Older hours are deleted.", unit: "days" }),
    retentionGigabytes: option(z.number().positive().max(1_000_000).default(50), {
      doc: "Beyond this size the oldest hours are deleted.",
      unit: "GB",
    }),
  },
  { doc: "The record of judged flows.", reload: "restart" },
);
