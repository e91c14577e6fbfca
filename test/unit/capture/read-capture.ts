import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PcapFileSource } from "../../../src/capture/pcap-file.ts";
import type { CaptureCounters, FileReport } from "../../../src/capture/source.ts";
import { Losses } from "../../../src/obs/losses.ts";

export interface Frame {
  text: string;
  micros: number;
  wire: number;
  link: number;
}

export interface Reading {
  frames: Frame[];
  files: FileReport[];
  counters: CaptureCounters;
  losses: Losses;
  progress: number | undefined;
}

/** A folder for the test's files; `remove` ends it. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), "bordertap-capture-"));
  let n = 0;
  return {
    folder,
    put(bytes: Buffer, name = `file-${(n += 1)}.pcap`): string {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Reads files through the source as the sensor does. */
export async function readFiles(files: string[], keepGoing = false): Promise<Reading> {
  const losses = new Losses();
  const source = new PcapFileSource({ source: "pcap-file", files, losses, keepGoing });
  const frames: Frame[] = [];
  try {
    await source.open();
    for (;;) {
      const block = source.next();
      if (block === "end") break;
      if (block === "idle") {
        await source.ready(1000);
        continue;
      }
      for (let i = 0; i < block.count; i += 1) {
        const start = block.offset[i];
        const text = block.bytes.toString("latin1", start, start + block.captured[i]);
        frames.push({ text, micros: block.timeMicros[i], wire: block.wire[i], link: block.linkType[i] });
      }
    }
    return { frames, files: source.files(), counters: source.counters(), losses, progress: source.progress() };
  } finally {
    source.close();
  }
}
