import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** A file of the page as it goes out. */
export interface Asset {
  type: string;
  isImmutable: boolean;
  plain: Uint8Array<ArrayBuffer>;
  gzip?: Uint8Array<ArrayBuffer>;
  brotli?: Uint8Array<ArrayBuffer>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
const MOST_FILES = 500;

/**
 * Reads the built page into memory, with the compressed copies that the build left beside the files. Requests then touch
 * no file system: there is no path to climb out of. An absent folder gives an empty map.
 */
export function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" }).slice(0, MOST_FILES * 3);
  } catch {
    return assets;
  }
  for (const name of names.sort()) {
    const type = TYPES[/\.[a-z]+$/.exec(name)?.[0] ?? ""];
    const path = join(folder, name);
    if (!type || !statSync(path).isFile()) continue;
    const asset: Asset = { type, isImmutable: /-[A-Za-z0-9_-]{8,}\.[a-z]+$/.test(name), plain: bytesOf(path) };
    if (names.includes(`${name}.gz`)) asset.gzip = bytesOf(`${path}.gz`);
    if (names.includes(`${name}.br`)) asset.brotli = bytesOf(`${path}.br`);
    assets.set(`/${name.split(/[\\/]/).join(posix.sep)}`, asset);
  }
  return assets;
}

/** The smallest form that the client accepts. */
export function assetResponse(asset: Asset, acceptEncoding: string | undefined): Response {
  const accepted = (acceptEncoding ?? "").split(",").map((part) => part.trim());
  const takes = (encoding: string) =>
    accepted.some((part) => part === encoding || (part.startsWith(`${encoding};`) && !/q=0(\.0*)?$/.test(part)));
  const headers: Record<string, string> = {
    "content-type": asset.type,
    "cache-control": asset.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
  };
  if (asset.brotli && takes("br")) return new Response(asset.brotli, { headers: { ...headers, "content-encoding": "br" } });
  if (asset.gzip && takes("gzip")) return new Response(asset.gzip, { headers: { ...headers, "content-encoding": "gzip" } });
  return new Response(asset.plain, { headers });
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path));
}
