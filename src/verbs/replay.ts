import { defineVerb } from "./verb.ts";

export interface ReplayVerbOptions {
  config?: string;
  from: string;
  to: string;
  speed: string;
  console?: boolean;
}

export const replay = defineVerb({
  name: "replay",
  declare(command, act) {
    command
      .description("Send recorded flows through policy and the live feed again, marked as a replay; nothing is recorded or sent out")
      .requiredOption("--from <time>", "RFC 3339 or relative: -2h")
      .requiredOption("--to <time>", "RFC 3339, relative, or now")
      .option("--speed <factor>", "1: as it was; 60: a minute a second; 0: as fast as it goes", "0")
      .option("-c, --config <file>", "configuration: where the history is, and the policy to judge by")
      .option("--no-console", "only print the alerts")
      .addHelpText("after", "\nExample:\n  bordertap replay --from -2h --to -1h --speed 60\n")
      .action((options: ReplayVerbOptions) =>
        act(async () => {
          const { replayHistory } = await import("../app/replay-history.ts");
          return replayHistory(options);
        }),
      );
  },
});
