import { defineVerb } from "./verb.ts";

interface Options {
  against?: string | true;
  config?: string;
  state?: string;
  from?: string;
  to?: string;
}

export const check = defineVerb({
  name: "check",
  declare(command, act) {
    command
      .description("Say what is wrong with a configuration: every error, with file, line and a suggestion; and what it would change")
      .argument("[file]", "configuration to check", "/etc/bordertap/bordertap.yaml")
      .option("--against [flows]", 'judge recent traffic by it: of the history, or of a file that "analyze --flows" wrote')
      .option("--state <folder>", "state folder with the history (with --against)")
      .option("--from <time>", "from when on (with --against): RFC 3339 or relative, -1d when left out")
      .option("--to <time>", "until when (with --against)")
      .option(
        "-c, --config <file>",
        "the configuration now in effect: what becomes looser is said, and --against compares with it instead of with what was recorded",
      )
      .addHelpText(
        "after",
        "\nExamples:\n  bordertap check hospital.yaml\n  bordertap check new.yaml --config hospital.yaml --against --from -7d\n\nExit codes: 0 right, 1 wrong, 2 a file cannot be read.\n",
      )
      .action((file: string, options: Options) =>
        act(async () => {
          const { loadConfig } = await import("../config/load.ts");
          const { ConfigError } = await import("../config/problem.ts");
          try {
            const loaded = loadConfig(file);
            const { site, warnings, revision } = loaded;
            for (const warning of warnings) process.stdout.write(`warning: ${warning.text}\n`);
            const counts = [`${site.zones.length} zones`, `${site.parties.length} parties`, `${site.authorisations.length} authorisations`];
            process.stdout.write(`${file} is right: ${counts.join(", ")}; configuration ${revision}\n`);
            if (options.config === undefined && options.against === undefined) return 0;
            const { checkChange } = await import("../app/check-change.ts");
            process.stdout.write(await checkChange(loaded, options));
            return 0;
          } catch (error) {
            if (!(error instanceof ConfigError)) throw error;
            for (const problem of error.problems) process.stdout.write(`${problem.text}\n`);
            process.stdout.write(`${error.problems.length} ${error.problems.length === 1 ? "error" : "errors"} in ${file}\n`);
            return 1;
          }
        }),
      );
  },
});
