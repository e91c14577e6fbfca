import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Three network namespaces of the test's own: a hospital host, an outside host, and between them a switch that copies
 * everything to a tap port, as a SPAN does (a bridge that learns nothing). No routes lead anywhere else.
 */
export class TestNetwork {
  readonly inside: string;
  readonly outside: string;
  readonly tap: string;
  readonly folder: string;
  /** Where bordertap listens, in the namespace `tap`. */
  readonly tapInterface = "bt-tap";

  constructor(insideAddress: string, outsideAddress: string) {
    const id = `${process.pid}${Math.floor(Math.random() * 1000)}`;
    this.inside = `bti${id}`;
    this.outside = `bto${id}`;
    this.tap = `btt${id}`;
    this.folder = mkdtempSync(join(tmpdir(), "bordertap-live-"));
    for (const name of [this.inside, this.outside, this.tap]) {
      ip("netns", "add", name);
      this.in(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip("-n", this.tap, "link", "add", "bt-switch", "type", "bridge", "ageing_time", "0");
    ip("-n", this.tap, "link", "set", "bt-switch", "up");
    this.plug(this.inside, "bt-in", insideAddress);
    this.plug(this.outside, "bt-out", outsideAddress);
    // The tap port: one end in the switch, the other is what bordertap reads.
    ip("-n", this.tap, "link", "add", "bt-span", "type", "veth", "peer", "name", this.tapInterface);
    ip("-n", this.tap, "link", "set", "bt-span", "master", "bt-switch", "up");
    ip("-n", this.tap, "link", "set", this.tapInterface, "up");
  }

  /** Runs a command in a namespace and gives its output. */
  in(namespace: string, ...argv: string[]): string {
    return execFileSync("ip", ["netns", "exec", namespace, ...argv], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  remove(): void {
    for (const name of [this.inside, this.outside, this.tap]) spawnSync("ip", ["netns", "del", name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private plug(namespace: string, port: string, address: string): void {
    ip("-n", this.tap, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ip("-n", this.tap, "link", "set", port, "master", "bt-switch", "up");
    ip("-n", namespace, "addr", "add", `${address}/32`, "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    ip("-n", namespace, "route", "add", "default", "dev", "eth0");
  }
}

function ip(...argv: string[]): void {
  execFileSync("ip", argv, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Why the live suites cannot run here; undefined when they can. */
export function whyNotLive(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root (network namespaces, raw sockets)";
  for (const tool of ["ip", "openssl"]) if (spawnSync("which", [tool]).status !== 0) return `needs ${tool}`;
  return undefined;
}
