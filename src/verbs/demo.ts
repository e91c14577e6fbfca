import { defineVerb } from "./verb.ts";

export const demo = defineVerb({
  name: "demo",
  declare(command, act) {
    command
      .description("Play a synthetic hospital day through the whole path, sensor to screen; nothing is captured or sent")
      .option("--summary <file>", 'at the end, write the summary here ("-": standard output)')
      .addHelpText("after", "\nExample:\n  bordertap demo\n")
      .action((options: { summary?: string }) =>
        act(async () => {
          const { runDaemon } = await import("../app/run-daemon.ts");
          return runDaemon({ ...options, mode: "demo" });
        }),
      );
  },
});
