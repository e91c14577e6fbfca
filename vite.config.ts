import { rmSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const BUNDLE = "bundle";

/** What is started as a process or thread: its place in `dist`, and the name of its file in the bundle. */
const STARTED: Record<string, string> = {
  "main.js": "main",
  "config/load-child.js": "load-child",
  "history/child.js": "history-child",
};

/**
 * A module finds its data files and its child processes from where it stands. In the bundle it goes on standing where `tsc` puts
 * it: both are built, and say the same.
 */
function standsWhereItWas(): Plugin {
  return {
    name: "stands-where-it-was",
    transform(code, id) {
      if (!id.startsWith(`${here}src/`) || !code.includes("import.meta.url")) return;
      const place = relative(`${here}src`, id).replace(/\.ts$/, ".js");
      return { code: code.replaceAll("import.meta.url", `new URL("../${place}", import.meta.url).href`), map: null };
    },
  };
}

/** What is started keeps the name that others know it by (units, `bin`, who starts a child), and goes on in the bundle. */
function startedByName(): Plugin {
  return {
    name: "started-by-name",
    buildStart() {
      rmSync(`${here}dist/${BUNDLE}`, { recursive: true, force: true });
    },
    generateBundle() {
      for (const [fileName, name] of Object.entries(STARTED)) {
        const folders = "../".repeat(fileName.split("/").length - 1) || "./";
        this.emitFile({ type: "asset", fileName, source: `#!/usr/bin/env node\nimport "${folders}${BUNDLE}/${name}.js";\n` });
      }
    },
  };
}

/**
 * The program in a few files instead of six hundred: finding and reading modules was more than half of what a start costs, and
 * every verb, sensor, reload and test of the command line is one. What `tsc` makes of each module stays beside it, for benches and fuzzing.
 */
export default defineConfig({
  plugins: [standsWhereItWas(), startedByName()],
  build: {
    ssr: true,
    outDir: "dist",
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    target: "node20",
    license: { fileName: `${BUNDLE}/licenses.md` },
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(STARTED).map(([file, name]) => [name, `src/${file.replace(/js$/, "ts")}`])),
      output: {
        entryFileNames: `${BUNDLE}/[name].js`,
        chunkFileNames: `${BUNDLE}/[name].js`,
        // As `var` V8 would not fold the hot path's constants.
        topLevelVar: false,
      },
    },
  },
  // Of the packages only those that are many small files and are needed by every start.
  ssr: { noExternal: ["zod", "commander"] },
});
