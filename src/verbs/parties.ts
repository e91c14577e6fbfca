import type { Command } from "commander";
import type { TrafficOptions } from "../app/party-register.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { PARTY_ROLES } from "../model/site.ts";
import { defineVerb } from "./verb.ts";

export const parties = defineVerb({
  name: "parties",
  declare(command, act) {
    command
      .description("The register of processors: import it, and see who is missing from it")
      .addHelpText("after", "\nExample:\n  bordertap parties candidates --config hospital.yaml --from -7d\n");
    command
      .command("import")
      .description("Check a CSV file of parties, every row, and print it as YAML; nothing when a row is wrong")
      .argument("<file>", "CSV file; its first row names the columns")
      .option("-c, --config <file>", "check it together with this configuration: names and marks must not be given twice")
      .option("-o, --output <file>", "write the YAML here instead")
      .addHelpText(
        "after",
        "\nExample:\n  bordertap parties import register.csv --config hospital.yaml\n\nOr name it in the configuration: partiesFile: register.csv\nExit codes: 0 right, 1 a row is wrong, 2 the file cannot be read.\n",
      )
      .action((file: string, options: { config?: string; output?: string }) =>
        act(async () => {
          const { importParties } = await import("../app/party-register.ts");
          const { ConfigError } = await import("../config/problem.ts");
          try {
            const { yaml, count, warnings } = importParties(file, options.config);
            for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
            await write(yaml, options.output);
            process.stderr.write(`${file} is right: ${count} parties\n`);
            return 0;
          } catch (error) {
            if (!(error instanceof ConfigError)) throw error;
            for (const problem of error.problems) process.stdout.write(`${problem.text}\n`);
            process.stdout.write(`${error.problems.length} ${error.problems.length === 1 ? "error" : "errors"}; nothing was imported\n`);
            return 1;
          }
        }),
      );
    traffic(command.command("candidates"))
      .description("Who was seen and is not registered, by domain or AS: bytes, zones, countries")
      .option("--limit <rows>", "most rows", "50")
      .addHelpText("after", "\nExample:\n  bordertap parties candidates --flows flows.jsonl --config hospital.yaml\n")
      .action((options: TrafficOptions & { limit: string }) =>
        act(async () => {
          const { candidatesText } = await import("../app/party-register.ts");
          const { limit, ...where } = options;
          if (!/^[1-9]\d{0,5}$/.test(limit))
            throw new AppError("usage", `--limit: ${JSON.stringify(limit)} is no number of rows`, { exitCode: 2 });
          process.stdout.write(await candidatesText(where, Number(limit)));
          return 0;
        }),
      );
    traffic(command.command("adopt"))
      .description("Print a register entry for a candidate, to be completed from the contract")
      .argument("<name>", "as `parties candidates` calls it")
      .option("--role <role>", PARTY_ROLES.join(", "), "processor")
      .addHelpText("after", "\nExample:\n  bordertap parties adopt acme.example --config hospital.yaml\n")
      .action((name: string, options: TrafficOptions & { role: string }) =>
        act(async () => {
          if (!(PARTY_ROLES as readonly string[]).includes(options.role))
            throw new AppError("usage", `--role: ${JSON.stringify(options.role)} is none of ${PARTY_ROLES.join(", ")}`, { exitCode: 2 });
          const { adoptText } = await import("../app/party-register.ts");
          process.stdout.write(await adoptText(name, options));
          return 0;
        }),
      );
  },
});

function traffic(command: Command): Command {
  return command
    .option("-c, --config <file>", "configuration with the register, and the place of the history")
    .option("--flows <file>", 'a file that "analyze --flows" wrote, instead of the history')
    .option("--state <folder>", "state folder with the history; without it the configuration's")
    .option("--from <time>", "from when on: RFC 3339 or relative, -1d when left out")
    .option("--to <time>", "until when");
}

async function write(text: string, path: string | undefined): Promise<void> {
  if (path === undefined) {
    process.stdout.write(text);
    return;
  }
  const { writeFileSync } = await import("node:fs");
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (cause) {
    throw new AppError("output_failed", `cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}
