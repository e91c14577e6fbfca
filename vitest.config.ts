import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], more: object = {}) => ({ test: { name, include, testTimeout: 20_000, hookTimeout: 60_000, ...more } });

export default defineConfig({
  test: {
    projects: [
      project("check", ["test/*.test.ts"]),
      project("unit", ["test/unit/**/*.test.ts"]),
      project("golden", ["test/golden/**/*.test.ts"], { testTimeout: 60_000 }),
      project("browser", ["test/browser/**/*.test.ts"], { testTimeout: 60_000, fileParallelism: false }),
      project("fault", ["test/fault/**/*.test.ts"], { testTimeout: 120_000, fileParallelism: false }),
      project("live", ["test/live/**/*.test.ts"], { testTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
