import { z } from "zod";
import { option, section } from "../declare.ts";
import { path } from "../values.ts";

export const policy = section(
  {
    fourEyes: option(z.boolean().default(false), {
      doc: "A reload that loosens policy (more countries, parties or authorisations, fewer zones judged, a detection switched off) is taken over only with an approval by a second person. Stays on until a restart.",
    }),
    approvalFile: option(path().optional(), {
      doc: "Where the approval is: YAML with `revision` (as `bordertap check` prints it), `author` and `approvedBy`.",
      defaultText: "the configuration's path with `.approval` behind it",
      example: "/etc/bordertap/bordertap.yaml.approval",
    }),
  },
  { doc: "How policy itself may change.", reload: "hot" },
);
