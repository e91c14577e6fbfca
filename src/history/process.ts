import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromHistory, ToHistory } from "./messages.ts";

/** The other end: the history process, or in tests a server in this one. */
export interface HistoryPort {
  send(message: ToHistory): void;
  /** Ends it at once. */
  kill(): void;
}

/** Starts the other end; `onEnd` comes once, with what is known of the end. */
export type StartHistory = (onMessage: (message: FromHistory) => void, onEnd: (reason: string) => void) => HistoryPort;

const ENTRY = fileURLToPath(new URL("./child.js", import.meta.url));

/** Starts the history process proper. */
export function forkHistory(entry = ENTRY): StartHistory {
  return (onMessage, onEnd) => {
    const { PATH, TZ, TMPDIR, LANG } = process.env;
    const env = Object.fromEntries(Object.entries({ PATH, TZ, TMPDIR, LANG }).filter(([, value]) => value !== undefined));
    const child: ChildProcess = fork(entry, [], {
      serialization: "advanced",
      env,
      execArgv: ["--max-old-space-size=768"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let hasEnded = false;
    const end = (reason: string) => {
      if (hasEnded) return;
      hasEnded = true;
      onEnd(reason);
    };
    child.on("message", (message: FromHistory) => onMessage(message));
    child.on("error", (error) => end(error.message));
    child.on("exit", (code, signal) => end(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
    return {
      send(message) {
        // A channel that just broke says so through "exit"; what was sent is kept until it is acknowledged.
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => child.kill("SIGKILL"),
    };
  };
}
