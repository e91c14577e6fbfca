// npm run bench [-- --judge] [--quick] [--peers] [--capture headers|mix|FILE.pcap]… [--no-live]
// Compares, in one run, bordertap with a bare C loop (bound.c) over the same captures: CPU seconds less start-up (the same command on
// the first 200 packets), medians of 3. Live figures (root) follow. The captures come from ../shared/bench/gen.mjs when it is there.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./measure.mjs";
import { peerRows } from "./peers.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    capture: { type: "string", multiple: true },
    peers: { type: "boolean" },
    judge: { type: "boolean" },
    "no-live": { type: "boolean" },
    reps: { type: "string", default: "3" },
  },
});
if (options.judge) {
  // What a new flow costs the judge, and what a reload does to it: nothing else is measured then.
  await import("./judge.mjs");
  process.exit(0);
}
const root = resolve(import.meta.dirname, "../..");
const work = join(tmpdir(), "bordertap-bench");
mkdirSync(work, { recursive: true });
const reps = options.quick ? 1 : Number(options.reps);
const generator = resolve(root, "../shared/bench/gen.mjs");
const mmdb = join(root, "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb");

function captureOf(name) {
  if (existsSync(name)) return name;
  const path = join(work, `${name}.pcap`);
  if (!existsSync(path)) {
    if (!existsSync(generator))
      throw new Error(`no capture "${name}": give one with --capture FILE.pcap (the generator is not on this machine)`);
    execFileSync(process.execPath, [generator, name, `${path}.part`, "--mmdb", mmdb], { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("mv", [`${path}.part`, path]);
  }
  return path;
}

/** The first 200 packets of a classic little-endian capture. */
function shortOf(path) {
  const out = join(work, `${basename(path, ".pcap")}-200.pcap`);
  const fd = openSync(path, "r");
  const bytes = Buffer.alloc(1024 * 1024);
  const got = readSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
  let at = 24;
  for (let n = 0; n < 200 && at + 16 <= got && at + 16 + bytes.readUInt32LE(at + 8) <= got; n += 1) at += 16 + bytes.readUInt32LE(at + 8);
  writeFileSync(out, bytes.subarray(0, at));
  return out;
}

function compileBound() {
  const bound = join(work, "bound");
  try {
    execFileSync("cc", ["-O3", "-march=native", "-o", bound, join(import.meta.dirname, "bound.c")]);
    return bound;
  } catch {
    console.log("no C compiler here: no bound to compare with");
    return undefined;
  }
}

const bound = compileBound();
const node = process.execPath;
const commands = {
  "bound (C, flows only)": bound && ((file) => [bound, file]),
  "decode + flows": (file) => [node, join(import.meta.dirname, "hot-path.mjs"), file],
  "analyze, whole path": (file) => [node, join(root, "dist/main.js"), "analyze", file, "--summary", "-", "--quiet"],
};
const rows = [];
for (const name of options.capture ?? (options.quick ? ["small"] : ["headers", "mix"])) {
  const path = captureOf(name);
  const short = shortOf(path);
  let boundCpu = Number.NaN;
  let known = { packets: 0, flows: 0 };
  for (const [title, command] of Object.entries(commands)) {
    if (!command) continue;
    const full = await median(command(path), reps);
    const start = await median(command(short), reps);
    const report = JSON.parse(full.stdout.trim().split("\n").at(-1));
    const packets = report.packets?.seen ?? report.packets;
    const flows = report.flows?.total ?? report.flows;
    // The bound's own start is its process: it is compared whole, as is.
    const cpu = title.startsWith("bound") ? full.cpu : full.cpu - start.cpu;
    if (title.startsWith("bound")) boundCpu = cpu;
    known = { packets, flows };
    rows.push({
      capture: basename(path, ".pcap"),
      what: title,
      packets,
      flows,
      "CPU s": full.cpu.toFixed(2),
      "start-up s": start.cpu.toFixed(2),
      "less start-up": cpu.toFixed(2),
      "µs/packet": ((cpu / packets) * 1e6).toFixed(3),
      "of the bound": (boundCpu / cpu).toFixed(2),
      "start wall s": start.wall.toFixed(2),
      "peak MB": full.rssMb.toFixed(0),
    });
  }
  if (!options.peers) continue;
  for (const peer of await peerRows({ path, short, reps, mmdb, ...known })) {
    const cpu = peer.cpu - peer.startCpu;
    rows.push({
      capture: basename(path, ".pcap"),
      what: `${peer.name}: ${peer.work}`,
      packets: peer.packets,
      flows: peer.flows,
      "CPU s": peer.cpu.toFixed(2),
      "start-up s": peer.startCpu.toFixed(2),
      "less start-up": cpu.toFixed(2),
      "µs/packet": ((cpu / peer.packets) * 1e6).toFixed(3),
      "of the bound": (boundCpu / cpu).toFixed(2),
      "peak MB": peer.rssMb.toFixed(0),
    });
  }
}
console.table(rows);

if (options["no-live"]) console.log("live figures left out (--no-live)");
else if (process.getuid?.() !== 0) console.log("LEFT OUT: live figures need root (network namespaces)");
else await import("./live.mjs");
