// Other tools over the same capture, where Debian's packages of them are installed (softflowd argus-server argus-client nfdump libndpi-bin
// tshark pmacct): each with the settings under which it loses nothing, its packets taken from its own counters.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./measure.mjs";

const number = (text, pattern) => Number(pattern.exec(text)?.[1]?.replaceAll(/\D/g, "") ?? Number.NaN);

/** work: what it does; needs: its programs; argv(file, folder); counts(run, folder): packets and flows by its own word. */
const PEERS = [
  {
    name: "softflowd",
    work: "flows, NetFlow v9",
    needs: ["softflowd"],
    // The discard port of this machine: nothing listens, nothing leaves.
    argv: (file, folder) => [
      "softflowd",
      "-r",
      file,
      "-d",
      "-v",
      "9",
      "-m",
      "8000000",
      "-n",
      "127.0.0.1:9",
      "-p",
      join(folder, "pid"),
      "-c",
      "none",
    ],
    counts: ({ stdout, stderr }) => ({
      packets: number(stdout + stderr, /Packets processed: *(\d+)/),
      flows: number(stdout + stderr, /Flows expired: *(\d+)/),
    }),
  },
  {
    name: "argus",
    work: "flows, TCP state, RTT",
    needs: ["argus", "racount"],
    argv: (file, folder) => ["argus", "-X", "-r", file, "-w", join(folder, "argus.out")],
    counts: (_, folder) => {
      const sum = execFileSync("racount", ["-r", join(folder, "argus.out")], { encoding: "utf8" })
        .split("\n")
        .find((line) => line.trim().startsWith("sum"));
      const [, flows, packets] = sum.trim().split(/\s+/);
      return { packets: Number(packets), flows: Number(flows) };
    },
  },
  {
    name: "nfpcapd",
    work: "flows, files",
    needs: ["nfpcapd", "nfdump"],
    argv: (file, folder) => ["nfpcapd", "-r", file, "-w", folder],
    counts: (_, folder) => {
      const text = execFileSync("nfdump", ["-R", folder, "-I"], { encoding: "utf8" });
      return { packets: number(text, /^Packets: *(\d+)/m), flows: number(text, /^Flows: *(\d+)/m) };
    },
  },
  {
    name: "ndpiReader",
    work: "flows, protocols, names",
    needs: ["ndpiReader"],
    argv: (file) => ["ndpiReader", "-i", file],
    counts: ({ stdout }) => ({ packets: number(stdout, /IP packets: *(\d+)/), flows: number(stdout, /Unique flows: *(\d+)/) }),
  },
  {
    name: "pmacctd",
    work: "flows, countries",
    needs: ["pmacctd"],
    // A pipe that holds the whole lag, a wait after the file's end and a cache that never fills: else it loses or doubles records.
    argv: (file, folder) => {
      const lines = [
        "daemonize: false",
        `pcap_savefile: ${file}`,
        "aggregate: src_host,dst_host,src_port,dst_port,proto,src_host_country,dst_host_country",
        `geoipv2_file: ${options.mmdb}`,
        "plugins: print",
        "print_output: csv",
        `print_output_file: ${join(folder, "out.csv")}`,
        "print_output_file_append: true",
        "print_refresh_time: 86400",
        "pcap_savefile_wait: true",
        `print_cache_entries: ${Math.max(65_537, Math.floor(options.flows / 4))}`,
        "plugin_buffer_size: 1024000",
        `plugin_pipe_size: ${Math.max(200_000_000, options.packets * 600)}`,
      ];
      writeFileSync(join(folder, "pmacctd.conf"), `${lines.join("\n")}\n`);
      // It never ends by itself after the wait: asked to once the plugin has drained.
      return ["timeout", "-s", "INT", String(Math.ceil(20 + options.packets / 150_000)), "pmacctd", "-f", join(folder, "pmacctd.conf")];
    },
    mayFail: true,
    counts: (_, folder) => {
      const [head, ...rows] = readFileSync(join(folder, "out.csv"), "utf8").trim().split("\n");
      const at = head.split(",").indexOf("PACKETS");
      return { packets: rows.reduce((sum, row) => sum + Number(row.split(",")[at] || 0), 0), flows: rows.length };
    },
  },
  {
    name: "tshark",
    work: "full dissection",
    needs: ["tshark"],
    mostBytes: 700e6,
    mostPackets: 1_100_000,
    argv: (file) => ["tshark", "-n", "-r", file, "-q", "-z", "io,phs", "-z", "conv,tcp", "-z", "conv,udp"],
    counts: ({ stdout }) => ({
      packets: number(stdout, /^eth\s+frames:(\d+)/m),
      flows: stdout.split("\n").filter((line) => line.includes("<->")).length,
    }),
  },
];

const options = { mmdb: "", packets: 0, flows: 0 };

/**
 * Rows for the table: every installed peer over the capture, CPU less start-up as for bordertap.
 * @param {{ path: string, short: string, reps: number, mmdb: string, packets: number, flows: number }} capture
 */
export async function peerRows({ path, short, reps, mmdb, packets, flows }) {
  Object.assign(options, { mmdb, packets, flows });
  const rows = [];
  for (const peer of PEERS) {
    if (!peer.needs.every(isInstalled)) {
      console.log(`LEFT OUT: ${peer.name} is not installed`);
      continue;
    }
    if (packets > (peer.mostPackets ?? Number.POSITIVE_INFINITY) || statSync(path).size > (peer.mostBytes ?? Number.POSITIVE_INFINITY)) {
      console.log(`LEFT OUT: ${peer.name} would take minutes and gigabytes on ${path}`);
      continue;
    }
    const full = await runOf(peer, path, reps);
    const start = await runOf(peer, short, 1);
    rows.push({ name: peer.name, work: peer.work, ...full, startCpu: start.cpu });
  }
  return rows;
}

async function runOf(peer, path, reps) {
  const runs = [];
  for (let n = 0; n < reps; n += 1) {
    const folder = mkdtempSync(join(tmpdir(), "bordertap-peer-"));
    try {
      const run = await median(peer.argv(path, folder), 1, peer.mayFail);
      runs.push({ cpu: run.cpu, rssMb: run.rssMb, ...peer.counts(run, folder) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return runs.sort((a, b) => a.cpu - b.cpu)[Math.floor(reps / 2)];
}

function isInstalled(program) {
  try {
    execFileSync("sh", ["-c", 'command -v "$0"', program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
