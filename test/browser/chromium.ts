import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";

const PATH = "/usr/bin/chromium";

/**
 * The browser for the page's tests: Debian's Chromium, installed when it is missing and we may. Undefined when there is
 * none: the caller then says loudly what it leaves out. It is started so that it talks to nobody but our own server.
 */
export async function openChromium(): Promise<Browser | undefined> {
  if (!existsSync(PATH)) install();
  if (!existsSync(PATH)) {
    console.error(`\n*** LEFT OUT: the browser tests. ${PATH} is missing and could not be installed; run: apt-get install chromium ***\n`);
    return undefined;
  }
  return chromium.launch({
    executablePath: PATH,
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function install(): void {
  if (process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, stdio: "ignore", timeout: 300_000 } as const;
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], options);
}
