import type { ExplainOptions } from "../app/explain.ts";
import { defineVerb } from "./verb.ts";

export const explain = defineVerb({
  name: "explain",
  declare(command, act) {
    command
      .description("Say why: who, to whom and how that is known, where by whose word, which rule decided, what would have allowed it")
      .option("--alert <id>", "an alert of the state folder, with the evidence that it had")
      .option("--flow <id>", "a recorded flow (thread.number, or epoch/thread.number), judged by this configuration")
      .option("--address <address>", "an outside address, as if a flow went there")
      .option("--zone <name>", "from this zone (with --address; the first when left out)")
      .option("--party <name>", "taken for this party (with --address)")
      .option("--name <name>", "asked for by this name (with --address)")
      .option("--at <time>", "at this time, RFC 3339 (with --address; now when left out)")
      .option("--state <folder>", "state folder; without it the configuration's")
      .option("-c, --config <file>", "configuration file")
      .addHelpText(
        "after",
        "\nExamples:\n  bordertap explain --address 198.51.100.7 --zone imaging --config hospital.yaml\n  bordertap explain --alert 4f1c22d09ab3 --state /var/lib/bordertap\n",
      )
      .action((options: ExplainOptions) =>
        act(async () => {
          const app = await import("../app/explain.ts");
          process.stdout.write(await app.explain(options));
          return 0;
        }),
      );
  },
});
