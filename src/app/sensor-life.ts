import { AppError } from "../lib/errors.ts";
import type { Fatal } from "./sensor-processes.ts";

/** Opens what a sensor reads from; false when that cannot be, and the core that started this process was told why. */
export async function openOrTell(open: () => Promise<void>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch (error) {
    // The parent ends with the message; told twice it would look like two faults.
    if (!(error instanceof AppError) || !process.send) throw error;
    const fatal: Fatal = { fatal: { code: error.code, message: error.message, exitCode: error.exitCode } };
    await new Promise<void>((resolve) => process.send?.(fatal, () => resolve()));
    process.disconnect();
    return false;
  }
}

/** A sensor started by a core ends when the core says so: Ctrl-C in a terminal reaches both at once, and the core goes last. */
export function endOnSignals(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (process.connected ? undefined : stop()));
  process.on("SIGHUP", () => {});
}
