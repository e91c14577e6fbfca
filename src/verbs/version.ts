import { readFileSync } from "node:fs";
import { defineVerb } from "./verb.ts";

const PACKAGE = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };

/** The package's version, "0.1.0". */
export function versionText(): string {
  return PACKAGE.version;
}

export const version = defineVerb({
  name: "version",
  declare(command, act) {
    command
      .description("Say which bordertap this is, and on what it runs")
      .addHelpText("after", "\nExample:\n  bordertap version\n")
      .action(() =>
        act(async () => {
          process.stdout.write(`bordertap ${versionText()}\nnode ${process.version} ${process.platform} ${process.arch}\n`);
          return 0;
        }),
      );
  },
});
