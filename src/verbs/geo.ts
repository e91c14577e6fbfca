import { defineVerb } from "./verb.ts";

interface ConfigOption {
  config?: string;
}

export const geo = defineVerb({
  name: "geo",
  declare(command, act) {
    command
      .description("Ask where addresses are, and who says so; keep the sources up to date")
      .addHelpText("after", "\nExample:\n  bordertap geo lookup 198.51.100.7\n");
    command
      .command("lookup")
      .description("Where an address is: every claim with its source, and what the jurisdiction lists make of it")
      .argument("<address>", "IPv4 or IPv6 address")
      .option("-c, --config <file>", "configuration file: then also its zone and party, sources and overrides")
      .addHelpText("after", "\nExample:\n  bordertap geo lookup 2001:4860:4860::8888 --config hospital.yaml\n")
      .action((address: string, options: ConfigOption) =>
        act(async () => {
          const { lookupText } = await import("../app/geo-report.ts");
          process.stdout.write(lookupText(address, options.config));
          return 0;
        }),
      );
    command
      .command("explain")
      .description("How the answer came about: each claim with its weight, what decided, what was ruled out")
      .argument("<address>", "IPv4 or IPv6 address")
      .option("-c, --config <file>", "configuration file")
      .option("--rtt <ms>", "as if a handshake had taken so many milliseconds (needs site.latitude and site.longitude)", Number)
      .option("--at <day>", "as on that day, YYYY-MM-DD (overrides end)")
      .addHelpText("after", "\nExample:\n  bordertap geo explain 3.5.140.7 --config hospital.yaml --rtt 8\n")
      .action((address: string, options: ConfigOption & { rtt?: number; at?: string }) =>
        act(async () => {
          const { explainText } = await import("../app/geo-report.ts");
          process.stdout.write(explainText(address, options));
          return 0;
        }),
      );
    command
      .command("status")
      .description("The sources in use: build, age, SHA-256, licence, last updates. Exit code 1 when one is stale or missing")
      .option("-c, --config <file>", "configuration file")
      .addHelpText("after", "\nExample:\n  bordertap geo status --config hospital.yaml\n")
      .action((options: ConfigOption) =>
        act(async () => {
          const { statusReport } = await import("../app/geo-report.ts");
          const { text, isWell } = statusReport(options.config, Date.now());
          process.stdout.write(text);
          return isWell ? 0 : 1;
        }),
      );
    command
      .command("update")
      .description(
        "Install the configured sources (geo.sources) anew: checked, compiled, swapped in one step; the old one stays on any fault",
      )
      .option("-c, --config <file>", "configuration file")
      .option("--only <name>", "this source alone")
      .option("--file <path>", "take it from this file instead (with --only): for machines without a way out")
      .option("--sha256 <hex>", "what the file's SHA-256 must be (with --only)")
      .option("--force", "take it though it is older or much smaller than the one installed")
      .addHelpText(
        "after",
        "\nExample:\n  bordertap geo update --config hospital.yaml --only aws --file ip-ranges.json\n\nA running bordertap takes it over on SIGHUP.\n",
      )
      .action((options: ConfigOption & { only?: string; file?: string; sha256?: string; force?: true }) =>
        act(async () => {
          const { updateSources } = await import("../app/geo-update.ts");
          return updateSources({
            config: options.config,
            only: options.only,
            file: options.file,
            sha256: options.sha256,
            isForced: options.force === true,
            nowMs: Date.now(),
            say: (line) => process.stdout.write(`${line}\n`),
            complain: (line) => process.stderr.write(`bordertap: ${line}\n`),
          });
        }),
      );
    command
      .command("compile", { hidden: true })
      .description("Compile the embedded databases into fast tables: part of the build")
      .option("--if-stale", "leave what is up to date")
      .addHelpText("after", "\nExample:\n  bordertap geo compile --if-stale\n")
      .action((options: { ifStale?: true }) =>
        act(async () => {
          const { compileGeo } = await import("../enrich/location/compile.ts");
          const { GEO_FOLDER } = await import("../app/rules.ts");
          for (const { name, build, isNew } of compileGeo({ outFolder: GEO_FOLDER, ifStale: options.ifStale === true }))
            if (isNew) process.stdout.write(`compiled ${name}, build ${build}\n`);
          return 0;
        }),
      );
  },
});
