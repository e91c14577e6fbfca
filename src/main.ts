#!/usr/bin/env node
import { AppError, reasonOf } from "./lib/errors.ts";
import { runVerb } from "./verbs/index.ts";

/** argv → verb → exit code. The only place that ends the process. */
async function main(): Promise<void> {
  try {
    process.exitCode = await runVerb(process.argv);
  } catch (error) {
    if (error instanceof AppError) {
      process.stderr.write(`bordertap: ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(
        `bordertap: this is a fault of bordertap itself, please report it: ${error instanceof Error ? error.stack : reasonOf(error)}\n`,
      );
      process.exitCode = 1;
    }
  }
  process.exit();
}

// A reader that went away ("| head") is not a fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

await main();
