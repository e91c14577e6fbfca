// Runs a command and measures it: CPU seconds (user + system, children included) by the shell's `time`, peak resident memory by polling /proc.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** @returns {Promise<{cpu: number, wall: number, rssMb: number, code: number, stdout: string, stderr: string}>} */
export function measure(argv, options = {}) {
  return new Promise((resolve) => {
    const quoted = argv.map((word) => `'${String(word).replaceAll("'", `'\\''`)}'`).join(" ");
    const child = spawn("bash", ["-c", `TIMEFORMAT='@@%R %U %S'; time ${quoted}`], { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    let rssMb = 0;
    const poll = setInterval(() => {
      rssMb = Math.max(rssMb, treeRssMb(child.pid));
    }, 20);
    child.stdout.on("data", (chunk) => {
      stdout = (stdout + chunk).slice(-1_000_000);
    });
    child.stderr.on("data", (chunk) => {
      stderr = (stderr + chunk).slice(-100_000);
    });
    child.on("close", (code) => {
      clearInterval(poll);
      const times = /@@([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
      const [wall, user, system] = times ? times.slice(1).map(Number) : [Number.NaN, Number.NaN, Number.NaN];
      resolve({ cpu: user + system, wall, rssMb, code, stdout, stderr: stderr.replace(/@@[^@]*$/, "") });
    });
  });
}

/** The run with the median CPU of `times` runs. `mayFail`: a command that has to be stopped ends with a code of its own. */
export async function median(argv, times = 3, mayFail = false) {
  const runs = [];
  for (let n = 0; n < times; n += 1) runs.push(await measure(argv));
  const failed = mayFail ? undefined : runs.find((run) => run.code !== 0);
  if (failed) throw new Error(`${argv.join(" ")} ended with ${failed.code}: ${failed.stderr.slice(-500)}`);
  return runs.sort((a, b) => a.cpu - b.cpu)[Math.floor(times / 2)];
}

export function children(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

export function rssMbOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** CPU seconds a process has used by itself so far. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function treeRssMb(pid) {
  return children(pid).reduce((sum, child) => sum + treeRssMb(child), rssMbOf(pid));
}
