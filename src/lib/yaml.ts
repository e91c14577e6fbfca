import { createRequire } from "node:module";
import type * as Yaml from "yaml";

const require = createRequire(import.meta.url);

/** The YAML library, loaded by the first text that has to be read: it is seventy modules, and most starts need none of them. */
export function yaml(): typeof Yaml {
  return require("yaml");
}
