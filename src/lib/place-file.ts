import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Moves a finished file to its place so that it survives a power cut: its bytes first, then its name. */
export type Place = (from: string, to: string) => Promise<void>;

export const placeDurably: Place = async (from, to) => {
  const file = await open(from, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const folder = dirname(to);
  const made = await mkdir(folder, { recursive: true });
  await rename(from, to);
  await syncFolder(folder);
  if (made !== undefined) {
    // New folders need their names on disk too, up to the one that was there before.
    for (let at = folder; at.length >= dirname(made).length; at = dirname(at)) {
      await syncFolder(at);
      if (at === dirname(at)) break;
    }
  }
};

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
