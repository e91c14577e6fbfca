import { constants, setPriority } from "node:os";
import { systemClock } from "../lib/clock.ts";
import { reasonOf } from "../lib/errors.ts";
import type { FromHistory, ToHistory } from "./messages.ts";
import { oneLine } from "./run-sql.ts";
import { HistoryServer } from "./server.ts";

/**
 * The history process: started by the core with a channel between them, ends with it. It writes what it has before it
 * goes, also when the core is gone without a word. Signals are the core's business: a Ctrl-C reaches the whole group.
 */
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const send = (message: FromHistory) => {
  // The core may be gone at this very moment: then "disconnect" follows, and nobody is left to be told.
  if (process.connected) process.send!(message, undefined, undefined, () => undefined);
};
let server: HistoryServer | undefined;
/** Messages are handled one after the other, in the order in which they came. */
let handled: Promise<void> = Promise.resolve();

async function handle(message: ToHistory): Promise<void> {
  if (message.kind === "start") {
    server = new HistoryServer(message.settings, send, { clock: systemClock });
    await server.start();
    return;
  }
  await server?.take(message);
  if (message.kind === "close") process.exit(0);
}

function die(error: unknown): void {
  send({ kind: "fatal", reason: oneLine(reasonOf(error)) });
  process.exitCode = 1;
  setImmediate(() => process.exit(1));
}

process.on("message", (message: ToHistory) => {
  handled = handled.then(() => handle(message)).catch(die);
});
process.on("disconnect", () => {
  handled = handled
    .then(() => server?.close())
    .catch(() => undefined)
    .then(() => process.exit(0));
});
