import { option, section } from "../declare.ts";
import { whole } from "../values.ts";

export const alerts = section(
  {
    windowSeconds: option(whole(60, 604_800).default(3600), {
      doc: "Findings of the same kind are one alert until they have been silent for so long (packet time).",
      unit: "s",
    }),
    limit: option(whole(100, 1_000_000).default(10_000), { doc: "Alerts kept; the oldest closed ones go first.", unit: "alerts" }),
  },
  { doc: "Grouping of findings into alerts.", reload: "restart" },
);
