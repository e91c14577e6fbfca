import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Leaves a .gz and a .br beside every text file of the build, so that the server compresses nothing while it serves. */
export function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(html|js|css|svg)$/.test(name)) continue;
        const path = join(folder, name);
        const plain = readFileSync(path);
        const gzip = gzipSync(plain, { level: 9 });
        const brotli = brotliCompressSync(plain, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
        });
        if (gzip.length < plain.length) writeFileSync(`${path}.gz`, gzip);
        if (brotli.length < plain.length) writeFileSync(`${path}.br`, brotli);
      }
    },
  };
}
