import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Losses } from "../../src/obs/losses.ts";

const root = resolve(import.meta.dirname, "../..");
const built = join(root, "dist/capture/cap.js");
const canRun = process.getuid?.() === 0 && existsSync(built);
if (!canRun) console.warn('LEFT OUT: the source "cap" (needs root and a build: its child process runs what is built)');

const hasPackage = (() => {
  try {
    createRequire(built).resolve("cap");
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!canRun)("the source cap", () => {
  async function create(filter?: string) {
    const { CapSource } = (await import(built)) as typeof import("../../src/capture/cap.ts");
    return new CapSource({ source: "cap", interface: "lo", losses: new Losses(), filter });
  }

  it.skipIf(hasPackage)("says that its package is not there", async () => {
    const source = await create();
    await expect(source.open()).rejects.toMatchObject({ code: "capture_unsupported", message: expect.stringContaining("npm install cap") });
  });

  it.skipIf(!hasPackage)("sees packets, and knows of no drops", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const { port } = socket.address();
    const source = await create(`udp port ${port}`);
    await source.open();
    for (const text of ["one", "two"]) await new Promise((done) => socket.send(text, port, "127.0.0.1", done));
    const seen: string[] = [];
    for (let idle = 0; idle < 40 && seen.length < 2; ) {
      const block = source.next();
      if (block === "end") break;
      if (block === "idle") {
        idle += 1;
        await source.ready(50);
      } else
        for (let n = 0; n < block.count; n += 1)
          seen.push(block.bytes.toString("latin1", block.offset[n] + 42, block.offset[n] + block.captured[n]));
    }
    expect(seen).toEqual(["one", "two"]);
    expect(source.counters()).toMatchObject({ seenPackets: 2, kernelDrops: undefined });
    source.close();
    socket.close();
  });
});
