import { defineVerb } from "./verb.ts";

export interface AnalyzeOptions {
  config?: string;
  flows?: string;
  summary?: string;
  quiet?: true;
  flowExports?: true;
}

export const analyze = defineVerb({
  name: "analyze",
  declare(command, act) {
    command
      .description("Say what capture files hold: coverage, zones × countries, parties, alerts")
      .argument("<file...>", 'pcap or pcapng, also .gz; "-" is standard input; several files are one stream, in this order')
      .option("-c, --config <file>", "configuration file; without one the built-in default")
      .option("--flow-exports", "the files hold NetFlow v5, v7, v9, IPFIX or sFlow v5: captures, or .dat files of one UDP payload each")
      .option("--flows <file>", "write one JSON document a flow (ECS), by start")
      .option("--summary <file>", 'write the machine-readable summary ("-": the last line of standard output)')
      .option("-q, --quiet", "no progress and no summary for people")
      .addHelpText(
        "after",
        "\nExamples:\n  bordertap analyze day.pcapng\n  zcat day.pcap.gz | bordertap analyze - --config hospital.yaml --flows flows.jsonl\n\nExit codes: 0 read to the end, 2 a file is no capture.\n",
      )
      .action((files: string[], options: AnalyzeOptions) =>
        act(async () => {
          const { analyzeFiles } = await import("../app/analyze-files.ts");
          return analyzeFiles(files, options);
        }),
      );
  },
});
