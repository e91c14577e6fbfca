import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { budgets } from "./build/budgets.ts";
import { compressed } from "./build/compressed.ts";
import { worldMap } from "./build/world-map.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

// biome-ignore lint/style/noDefaultExport: Vite reads its configuration from the default export.
export default defineConfig({
  root: here,
  base: "/",
  publicDir: `${here}public`,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [worldMap(), budgets(), compressed()],
  build: {
    // Not dist/console: that is where the compiled server is, and the folder is emptied first.
    outDir: `${here}../../dist/page`,
    emptyOutDir: true,
    // Inlined files would be data: URLs, which the console's content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    reportCompressedSize: false,
  },
});
