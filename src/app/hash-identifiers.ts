import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { loadConfig } from "../config/load.ts";
import { IdentifierHashes } from "../dissect/identifier-hashes.ts";
import { AppError } from "../lib/errors.ts";
import { readSiteKey } from "./site-key.ts";

export interface HashOptions {
  config?: string;
  /** Folder of the key; without it the configuration's state folder. */
  state?: string;
}

/**
 * The hashes of the lines of `input`, in their order, as `dissect.hashIdentifiers` makes them. A terminal does not show what is typed.
 * Throws AppError when the site has no key, or a line is no identifier; the line is not repeated.
 */
export async function* hashIdentifiers(input: NodeJS.ReadStream, options: HashOptions): AsyncGenerator<string> {
  const folder = options.state ?? loadConfig(options.config).config.state.folder;
  const key = readSiteKey(folder);
  if (key === undefined)
    throw new AppError(
      "state_folder",
      `no key of identifiers in ${folder}: it is made when a sensor starts with dissect.hashIdentifiers; --state names the sensor's folder`,
    );
  const hashes = new IdentifierHashes(key);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: input.isTTY === true, historySize: 0 });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const bytes = Buffer.from(line);
    const hash = hashes.of(bytes, 0, bytes.length);
    bytes.fill(0);
    if (hash === undefined) throw new AppError("usage", `line ${number} is no identifier: 1 to 64 bytes of text`, { exitCode: 2 });
    yield hash;
  }
}
