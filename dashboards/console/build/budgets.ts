import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const KILOBYTE = 1000;
/** Bytes after gzip: what the first page may cost, and the map that follows it. */
const LIMITS = { firstLoadJs: 70 * KILOBYTE, css: 12 * KILOBYTE, mapCode: 14 * KILOBYTE, mapData: 145 * KILOBYTE };

/** Fails the build when the page outgrows its budget. */
export function budgets(): Plugin {
  return {
    name: "budgets",
    apply: "build",
    generateBundle(_, bundle) {
      const sums = { firstLoadJs: 0, css: 0, mapCode: 0, mapData: 0 };
      for (const file of Object.values(bundle)) {
        if (file.type === "asset") {
          if (file.fileName.endsWith(".css")) sums.css += gzipSync(file.source).length;
          continue;
        }
        const size = gzipSync(file.code).length;
        if (file.fileName.includes("world-data")) sums.mapData += size;
        else if (file.isDynamicEntry || file.fileName.includes("world-map")) sums.mapCode += size;
        else sums.firstLoadJs += size;
      }
      for (const [name, limit] of Object.entries(LIMITS)) {
        const size = sums[name as keyof typeof sums];
        this.info(`${name}: ${(size / KILOBYTE).toFixed(1)} of ${limit / KILOBYTE} kB gzip`);
        if (size > limit) this.error(`${name} is ${(size / KILOBYTE).toFixed(1)} kB gzip; the budget is ${limit / KILOBYTE} kB`);
      }
    },
  };
}
