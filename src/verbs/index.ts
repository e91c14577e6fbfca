import { Command, CommanderError } from "commander";
import { analyze } from "./analyze.ts";
import { blocklist } from "./blocklist.ts";
import { check } from "./check.ts";
import { config } from "./config.ts";
import { demo } from "./demo.ts";
import { docs } from "./docs.ts";
import { explain } from "./explain.ts";
import { geo } from "./geo.ts";
import { identifiers } from "./identifiers.ts";
import { parties } from "./parties.ts";
import { query } from "./query.ts";
import { replay } from "./replay.ts";
import { run } from "./run.ts";
import { sensor } from "./sensor.ts";
import type { ExitCode, Verb } from "./verb.ts";
import { version, versionText } from "./version.ts";

export const VERBS: Verb[] = [
  run,
  analyze,
  demo,
  query,
  replay,
  explain,
  check,
  parties,
  blocklist,
  identifiers,
  config,
  geo,
  version,
  sensor,
  docs,
];

/** Runs the verb that argv names; wrong use is told on standard error and gives 2. Without a verb it is `run`. */
export async function runVerb(argv: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command("bordertap")
    .description("Watches a hospital's network tap and says, with evidence, when data leaves for a place where it should not go.")
    .version(versionText(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(bordertap --help shows what there is)")
    .addHelpText(
      "after",
      "\nExamples:\n  bordertap run                        watch the default-route interface; console on http://127.0.0.1:8460/\n  bordertap demo                       play a synthetic hospital day, sensor to screen\n  bordertap analyze day.pcap           say what a capture holds: coverage, zones × countries, parties, alerts\n",
    );
  for (const verb of VERBS) {
    const command = program.command(verb.name, { hidden: verb.isHidden === true }).exitOverride();
    verb.declare(command, async (action) => {
      exitCode = await action();
    });
  }
  try {
    await program.parseAsync(argv.length > 2 ? argv : [...argv, "run"]);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exitCode;
}
