import { AppError } from "../lib/errors.ts";
import { defineVerb } from "./verb.ts";

interface Options {
  effective?: true;
  schema?: true;
  sample?: true;
  config?: string;
}

export const config = defineVerb({
  name: "config",
  declare(command, act) {
    command
      .description("Show the configuration in effect, its JSON Schema, or a commented sample")
      .option("--effective", "every option with its value, defaults filled in, secrets hidden")
      .option("--schema", "JSON Schema of the configuration file")
      .option("--sample", "a commented sample to start from")
      .option("-c, --config <file>", "configuration file (for --effective)")
      .addHelpText(
        "after",
        "\nExamples:\n  bordertap config --sample > hospital.yaml\n  bordertap config --effective --config hospital.yaml\n",
      )
      .action((options: Options) =>
        act(async () => {
          const { configJsonSchema } = await import("../config/describe.ts");
          const { effectiveConfig } = await import("../config/effective.ts");
          const { loadConfig } = await import("../config/load.ts");
          const { configSample } = await import("../config/sample.ts");
          const asked = (["effective", "schema", "sample"] as const).filter((name) => options[name]);
          if (asked.length !== 1) throw new AppError("usage", "config: say one of --effective, --schema, --sample", { exitCode: 2 });
          if (asked[0] === "sample") process.stdout.write(configSample());
          else if (asked[0] === "schema") process.stdout.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
          else process.stdout.write(effectiveConfig(loadConfig(options.config)));
          return 0;
        }),
      );
  },
});
