import type { HashOptions } from "../app/hash-identifiers.ts";
import { defineVerb } from "./verb.ts";

export const identifiers = defineVerb({
  name: "identifiers",
  declare(command, act) {
    command
      .description("Hold a known patient id, study or accession number against what flows carried (dissect.hashIdentifiers)")
      .addHelpText("after", "\nExample:\n  bordertap identifiers hash --config hospital.yaml < study-uids.txt\n");
    command
      .command("hash")
      .description(
        "Print the hash of each line of standard input, as flows and history have it; values stand in no argument and in no shell history",
      )
      .option("-c, --config <file>", "configuration file")
      .option("--state <folder>", "folder of the sensor's key; without it the configuration's state folder")
      .addHelpText(
        "after",
        `\nExamples:\n  bordertap identifiers hash --config hospital.yaml\n  bordertap identifiers hash --state /var/lib/bordertap-sensor < study-uids.txt\n  bordertap query --from -30d --sql "select flow_start, source_ip, destination_ip from flows where facts like '%9f2c01d4a7be3356%'"\n`,
      )
      .action((options: HashOptions) =>
        act(async () => {
          const { hashIdentifiers } = await import("../app/hash-identifiers.ts");
          if (process.stdin.isTTY) process.stderr.write("one identifier a line, not shown; Ctrl-D ends\n");
          for await (const hash of hashIdentifiers(process.stdin, options)) process.stdout.write(`${hash}\n`);
          return 0;
        }),
      );
  },
});
