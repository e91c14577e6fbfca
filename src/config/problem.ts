import { AppError } from "../lib/errors.ts";

export type OptionPath = readonly (string | number)[];

/** Something wrong with one value, before its place is known. */
export interface Wrong {
  message: string;
  /** What to write instead. */
  suggestion?: string | undefined;
}

/** Something wrong at a path of the configuration. */
export interface Finding extends Wrong {
  path: OptionPath;
  /** The key itself is wrong (unknown), not its value. */
  isAboutKey?: boolean;
}

/** A finding with its place in the file. */
export interface ConfigProblem extends Wrong {
  file: string;
  /** From 1; undefined when there is no text (built-in configuration). */
  line: number | undefined;
  column: number | undefined;
  /** "zones[2].networks[0]"; empty for the whole file. */
  path: string;
  /** `file:line:column path: message (suggestion)`. */
  text: string;
}

/** The configuration is wrong. `problems` holds all that is wrong with it, in the order of the file. */
export class ConfigError extends AppError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const more = problems.length - 1;
    super("config_invalid", `${problems[0].text}${more > 0 ? `, and ${more} more problem${more > 1 ? "s" : ""}` : ""}`, { exitCode: 2 });
    this.name = "ConfigError";
    this.problems = problems;
  }

  /** One line a problem. */
  get lines(): string[] {
    return this.problems.map((problem) => problem.text);
  }
}

/** `zones[2].networks[0]`, `detections["tap.degraded"].dropRatio`. */
export function formatPath(path: OptionPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(part)) text += `[${JSON.stringify(part.slice(0, 80))}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}
