import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../lib/clock.ts";
import { AppError, type AppErrorCode } from "../lib/errors.ts";
import type { Log } from "../obs/log.ts";

/** What a sensor process says to its parent when it cannot work: then there is no sense in starting it again. */
export interface Fatal {
  fatal: { code: AppErrorCode; message: string; exitCode: 1 | 2 };
}

export interface SensorProcessesOptions {
  /** One process a thread of PACKET_FANOUT. */
  threads: number;
  /** Arguments of the hidden verb "sensor", without --thread. */
  argv: readonly string[];
  clock: Clock;
  log: Log;
  onFatal(error: AppError): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** A sensor that ran this long starts again without delay. */
const STEADY_MS = 30_000;
const STOP_MS = 15_000;

/** Starts sensor processes and starts again those that die. */
export class SensorProcesses {
  private readonly options: SensorProcessesOptions;
  private readonly children = new Map<number, ChildProcess>();
  /** Threads whose next start is due in a moment. */
  private readonly due = new Set<number>();
  private isStopping = false;
  /** Starts after a death, since this process began. */
  restarts = 0;

  constructor(options: SensorProcessesOptions) {
    this.options = options;
  }

  /** Starts the threads, but those that already run (left by a core that was killed). */
  start(running: ReadonlySet<number>): void {
    for (let thread = 0; thread < this.options.threads; thread += 1) if (!running.has(thread)) this.spawn(thread, FIRST_RETRY_MS);
  }

  /** A thread that this process had not started itself has gone: take its place. */
  replace(thread: number): void {
    if (!this.isStopping && !this.children.has(thread) && !this.due.has(thread)) {
      this.restarts += 1;
      this.spawn(thread, FIRST_RETRY_MS);
    }
  }

  /** From now on a sensor that ends was meant to. */
  expectEnd(): void {
    this.isStopping = true;
  }

  /** Waits for those asked to finish; ends by force what does not. */
  async stop(): Promise<void> {
    this.expectEnd();
    await Promise.all(
      [...this.children.values()].map(
        (child) =>
          new Promise<void>((resolve) => {
            const cancel = this.options.clock.after(STOP_MS, () => child.kill("SIGKILL"));
            child.once("exit", () => {
              cancel();
              resolve();
            });
            if (child.exitCode !== null || child.signalCode !== null) {
              cancel();
              resolve();
            }
          }),
      ),
    );
  }

  private spawn(thread: number, retryMs: number): void {
    const { argv, clock, log, onFatal } = this.options;
    const main = fileURLToPath(new URL("../main.js", import.meta.url));
    const child = fork(main, ["sensor", ...argv, "--thread", String(thread)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const startedMs = clock.nowMs();
    let isFatal = false;
    this.children.set(thread, child);
    child.on("message", (message: Fatal) => {
      isFatal = true;
      const { code, message: text, exitCode } = message.fatal;
      onFatal(new AppError(code, text, { exitCode }));
    });
    child.once("error", (error) => log.error("a sensor could not be started", { thread, reason: error.message }));
    child.once("exit", (code, signal) => {
      this.children.delete(thread);
      if (this.isStopping || isFatal) return;
      this.restarts += 1;
      const lasted = clock.nowMs() - startedMs;
      const delayMs = lasted > STEADY_MS ? FIRST_RETRY_MS : retryMs;
      log.error("a sensor ended and is started again", { thread, code, signal, afterMs: delayMs });
      this.due.add(thread);
      clock.after(delayMs, () => {
        this.due.delete(thread);
        if (!this.isStopping) this.spawn(thread, Math.min(delayMs * 2, LONGEST_RETRY_MS));
      });
    });
  }
}
