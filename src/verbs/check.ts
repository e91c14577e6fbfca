import { defineVerb } from "./verb.ts";

export const check = defineVerb({
  name: "check",
  declare(command, act) {
    command
      .description("Say what is wrong with a configuration: every error, with file, line and a suggestion")
      .argument("[file]", "configuration to check", "/etc/bordertap/bordertap.yaml")
      .addHelpText("after", "\nExample:\n  bordertap check hospital.yaml\n\nExit codes: 0 right, 1 wrong, 2 the file cannot be read.\n")
      .action((file: string) =>
        act(async () => {
          const { loadConfig } = await import("../config/load.ts");
          const { ConfigError } = await import("../config/problem.ts");
          try {
            const { site, warnings, revision } = loadConfig(file);
            for (const warning of warnings) process.stdout.write(`warning: ${warning.text}\n`);
            const counts = [`${site.zones.length} zones`, `${site.parties.length} parties`, `${site.authorisations.length} authorisations`];
            process.stdout.write(`${file} is right: ${counts.join(", ")}; policy revision ${revision}\n`);
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
