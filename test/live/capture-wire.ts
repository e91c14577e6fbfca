import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import koffi from "koffi";

const CLONE_NEWNET = 0x40000000;
const libc = koffi.load(null);
const setns = libc.func("int setns(int, int)");
const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, void *, uint32_t)");
const ifIndex = libc.func("uint32_t if_nametoindex(const char *)");
const send = libc.func("int send(int, void *, uint64_t, int)");
const close = libc.func("int close(int)");

const ip = (...words: string[]) => execFileSync("ip", words, { stdio: "pipe" });

/**
 * A cable between two namespaces of its own, without addresses or routes and with IPv6 off: nothing can leave.
 * This process moves into the receiver's namespace until `remove`.
 */
export class Wire {
  readonly receiver = "bt-in";
  private readonly home = openSync("/proc/self/ns/net", "r");
  private readonly names = { from: `bt-from-${process.pid}`, to: `bt-to-${process.pid}` };
  private fd = -1;

  constructor() {
    ip("netns", "add", this.names.from);
    ip("netns", "add", this.names.to);
    this.plug();
    this.enter(this.names.to);
  }

  /** Lays the cable; also after `cut`. */
  plug(): void {
    const { from, to } = this.names;
    ip("link", "add", "bt-out", "netns", from, "type", "veth", "peer", "name", this.receiver, "netns", to);
    for (const [name, end] of [
      [from, "bt-out"],
      [to, this.receiver],
    ]) {
      ip("netns", "exec", name, "sh", "-c", `echo 1 > /proc/sys/net/ipv6/conf/${end}/disable_ipv6`);
      ip("-n", name, "link", "set", end, "arp", "off", "up");
    }
    this.enter(from);
    if (this.fd >= 0) close(this.fd);
    this.fd = socket(17, 3, 0);
    const address = Buffer.alloc(20);
    address.writeUInt16LE(17, 0);
    address.writeInt32LE(ifIndex("bt-out"), 4);
    if (bind(this.fd, address, address.length) < 0) throw new Error("the sending socket cannot be bound");
    this.enter(to);
  }

  /** Takes the interface away. */
  cut(): void {
    ip("-n", this.names.to, "link", "del", this.receiver);
  }

  loopback(): void {
    ip("-n", this.names.to, "link", "set", "lo", "up");
  }

  set(state: "up" | "down"): void {
    ip("-n", this.names.to, "link", "set", this.receiver, state);
  }

  send(frame: Buffer): void {
    if (send(this.fd, frame, frame.length, 0) !== frame.length) throw new Error("a frame was not sent");
  }

  remove(): void {
    if (setns(this.home, CLONE_NEWNET) < 0) throw new Error("no way back to the own namespace");
    closeSync(this.home);
    if (this.fd >= 0) close(this.fd);
    ip("netns", "del", this.names.from);
    ip("netns", "del", this.names.to);
  }

  private enter(name: string): void {
    const fd = openSync(`/run/netns/${name}`, "r");
    const result = setns(fd, CLONE_NEWNET);
    closeSync(fd);
    if (result < 0) throw new Error(`cannot enter the namespace ${name}`);
  }
}

/** A UDP packet over IPv4 and Ethernet (RFC 768, RFC 791), with an 802.1Q or 802.1ad tag if asked for. */
export function udpFrame({ from = 1, to = 2, fromPort = 4000, toPort = 53, text = "hello", tag = Buffer.alloc(0) } = {}): Buffer {
  const payload = Buffer.from(text);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(fromPort, 0);
  udp.writeUInt16BE(toPort, 2);
  udp.writeUInt16BE(8 + payload.length, 4);
  const ipv4 = Buffer.from("4500000000000000401100000a0000000a000000", "hex");
  ipv4.writeUInt16BE(28 + payload.length, 2);
  ipv4[15] = from;
  ipv4[19] = to;
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += ipv4.readUInt16BE(at);
  ipv4.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
  return Buffer.concat([Buffer.from("020000000002020000000001", "hex"), tag, Buffer.from("0800", "hex"), ipv4, udp, payload]);
}
