import { defineVerb } from "./verb.ts";

export interface RunOptions {
  config?: string;
  interface?: string;
  summary?: string;
  link?: string;
  /** commander: --no-sensor gives false. */
  sensor?: boolean;
}

export const run = defineVerb({
  name: "run",
  declare(command, act) {
    command
      .description("Watch an interface: sensor, core, console")
      .option("-c, --config <file>", "configuration file; without one the built-in default")
      .option("-i, --interface <name>", "overrides capture.interface; without either that of the default route")
      .option("--summary <file>", 'at the end, write the summary here ("-": standard output)')
      .option("--link <socket>", "Unix socket between sensor and core", undefined)
      .option("--no-sensor", "start no sensor: it is a service of its own")
      .addHelpText(
        "after",
        "\nExamples:\n  bordertap run\n  bordertap run --config hospital.yaml --interface ens4f0\n\nSIGHUP reads the configuration again; a wrong one is refused and the old one stays.\n",
      )
      .action((options: RunOptions) =>
        act(async () => {
          const { runDaemon } = await import("../app/run-daemon.ts");
          return runDaemon({ ...options, mode: "live" });
        }),
      );
  },
});
