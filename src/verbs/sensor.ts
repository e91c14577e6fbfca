import { defineVerb } from "./verb.ts";

interface Options {
  link: string;
  config?: string;
  interface?: string;
  thread: string;
  settings?: string;
  collect?: true;
}

export const sensor = defineVerb({
  name: "sensor",
  isHidden: true,
  declare(command, act) {
    command
      .description("Read packets and send flow events to a core: the process that may sniff and nothing else")
      .requiredOption("--link <socket>", "Unix socket of the core")
      .option("-c, --config <file>", "configuration file")
      .option("-i, --interface <name>", "overrides capture.interface")
      .option("--thread <number>", "which thread of the sensor this is", "0")
      .option("--collect", "take flow exports as configured by collect.listen, instead of packets")
      .option("--settings <json>", "what a core that starts its own sensors hands on, in place of --config and --interface")
      .addHelpText("after", "\nExample:\n  bordertap sensor --config /etc/bordertap/bordertap.yaml --link /run/bordertap/link.sock\n")
      .action((options: Options) =>
        act(async () => {
          const { runSensor } = await import("../app/run-sensor.ts");
          return runSensor({ ...options, thread: Number(options.thread), isCollector: options.collect === true });
        }),
      );
  },
});
