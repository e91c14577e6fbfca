import { option, section } from "../declare.ts";
import { path, whole } from "../values.ts";

function jsonLines(what: string) {
  return section(
    {
      path: option(path().optional(), { doc: `File for ${what}, one ECS JSON document a line.`, defaultText: "not written" }),
      maxMegabytes: option(whole(1, 1_000_000).default(100), { doc: "The file is rotated at this size.", unit: "MB" }),
    },
    { doc: `${what[0].toUpperCase()}${what.slice(1)} as a file of JSON lines.` },
  );
}

export const outputs = section(
  { flows: jsonLines("flows"), alerts: jsonLines("alerts") },
  { doc: "What is written for other systems.", reload: "restart" },
);
