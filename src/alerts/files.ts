import { mkdirSync, readFileSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../lib/place-file.ts";

/** The few file operations that the store needs, so that tests can make each of them fail. */
export interface JournalFile {
  write(bytes: Buffer, position: number): Promise<void>;
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface JournalFiles {
  /** The whole file; undefined when there is none. */
  read(path: string): Buffer | undefined;
  /** Opens for writing, making folder and file where needed; `isEmpty` throws away what it held. */
  open(path: string, isEmpty: boolean): Promise<JournalFile>;
  /** Puts one file in another's place and makes that durable. */
  replace(from: string, to: string): Promise<void>;
}

export const diskFiles: JournalFiles = {
  read(path) {
    try {
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  },
  async open(path, isEmpty) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    const handle = await openOrCreate(path, isEmpty);
    return {
      async write(bytes, position) {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
      sync: () => handle.datasync(),
      truncate: (bytes) => handle.truncate(bytes),
      close: () => handle.close(),
    };
  },
  async replace(from, to) {
    await rename(from, to);
    // The rename itself is only durable when its folder is.
    await syncFolder(dirname(to));
  },
};

async function openOrCreate(path: string, isEmpty: boolean): Promise<FileHandle> {
  if (isEmpty) return open(path, "w", 0o640);
  try {
    return await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return open(path, "w", 0o640);
  }
}
