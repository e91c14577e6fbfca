import type { Command } from "commander";

/** Exit codes: 0 done, 1 it found a fault, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;

/** One word of the command line. Modules behind `run` are loaded when it is called, so that each verb starts fast. */
export interface Verb {
  name: string;
  /** False: not in the help, for bordertap's own processes. */
  isHidden?: boolean;
  /** Declares arguments, options and help on the command; calls `done` with the exit code through the returned action. */
  declare(command: Command, act: (action: () => Promise<ExitCode>) => Promise<void>): void;
}

export function defineVerb(verb: Verb): Verb {
  return verb;
}
