import { defineConfig } from "vitest/config";

/** Against tests that hang: no test is measured by them, on a busy machine neither. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

const project = (name: string, include: string[], more: object = {}) => ({ test: { name, include, ...PATIENCE, ...more } });

/**
 * Test files of these keep no state of their own in modules, stub no module and change no environment: one process runs many of
 * them, and loads what they share once.
 */
const SHARED = { isolate: false };

export default defineConfig({
  test: {
    // Left to itself, Vitest leaves one core idle: on two cores, that is half of them.
    maxWorkers: "100%",
    projects: [
      project("check", ["test/*.test.ts"], SHARED),
      project("unit", ["test/unit/**/*.test.ts"], SHARED),
      project("golden", ["test/golden/**/*.test.ts"], SHARED),
      project("browser", ["test/browser/**/*.test.ts"]),
      project("fault", ["test/fault/**/*.test.ts"], { fileParallelism: false }),
      project("live", ["test/live/**/*.test.ts"], { fileParallelism: false }),
    ],
  },
});
