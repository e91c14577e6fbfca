// Preloaded into a daemon (node --import): a ticker of 1 ms writes each gap of its event loop to the file that STALLS names, as
// "end in Unix ms, length in ms, the same without the time that the thread waited for a processor" (Linux schedstat).
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const SHORTEST_MS = 5;
const path = process.env.STALLS;
if (path && isMainThread) {
  const waitedMs = () => {
    try {
      return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "latin1").split(" ")[1]) / 1e6;
    } catch {
      return 0;
    }
  };
  let found = [];
  let last = performance.now();
  let waited = waitedMs();
  writeFileSync(path, "");
  setInterval(() => {
    const gap = performance.now() - last;
    const now = waitedMs();
    if (gap > SHORTEST_MS) found.push(`${Date.now()} ${gap.toFixed(1)} ${Math.max(0, gap - (now - waited)).toFixed(1)}\n`);
    waited = now;
    last = performance.now();
  }, 1).unref();
  setInterval(() => {
    if (found.length > 0) appendFileSync(path, found.join(""));
    found = [];
  }, 100).unref();
}
