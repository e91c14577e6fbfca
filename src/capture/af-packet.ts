import { AppError } from "../lib/errors.ts";
import { PacketBlock } from "../model/packet.ts";
import { silentLog } from "../obs/silent-log.ts";
import { compileFilter, keepBytes } from "./linux/bpf.ts";
import { defaultInterface } from "./linux/default-interface.ts";
import { interfaceCounts } from "./linux/interfaces.ts";
import { type Libc, loadLibc } from "./linux/libc.ts";
import { PacketSocket } from "./linux/packet-socket.ts";
import type { CaptureCounters, CaptureOptions, FileReport, PacketSource } from "./source.ts";

const DEFAULT_RING_MEGABYTES = 64;
const MOST_RING_MEGABYTES = 2047;
/** How often the interface is looked at, and a lost one looked for. */
const CHECK_MS = 1000;

/**
 * Live packets from a Linux interface through a TPACKET_V3 ring, without a copy. Needs CAP_NET_RAW. Sees what arrives
 * and what this host sends; on the loopback each packet once. An interface that goes down, or goes and comes again,
 * is waited for. Network cards that merge segments (GRO) show the merged frame: `ethtool -K IF gro off lro off` on a tap.
 */
export class AfPacketSource implements PacketSource {
  title = "af-packet";
  private readonly options: CaptureOptions;
  private readonly nowMs: () => number;
  private readonly block = new PacketBlock();
  private name = "";
  private libc: Libc | undefined;
  private socket: PacketSocket | undefined;
  private trouble: string | undefined;
  private checkedMs = 0;
  private isClosed = false;
  /** Of sockets before the present one. */
  private packets = 0;
  private wireBytes = 0;
  private newestMicros = -1;
  private drops = 0;

  constructor(options: CaptureOptions) {
    this.options = options;
    this.nowMs = options.nowMs ?? Date.now;
  }

  async open(): Promise<void> {
    if (process.platform !== "linux")
      throw new AppError("capture_unsupported", 'the source "af-packet" is Linux only: use "cap"', { exitCode: 2 });
    const name = this.options.interface ?? defaultInterface();
    if (name === undefined)
      throw new AppError("capture_interface", "there is no network interface but the loopback: name one", { exitCode: 2 });
    this.name = name;
    this.title = `${name} (af-packet)`;
    this.libc = await loadLibc();
    await this.attach();
    this.check();
  }

  next(): PacketBlock | "idle" | "end" {
    if (this.isClosed) return "end";
    return this.socket?.ring.take(this.block) ? this.block : "idle";
  }

  async ready(maxMs: number): Promise<void> {
    if (this.isClosed) return;
    if (this.socket) await this.socket.wait(maxMs);
    else await new Promise((resolve) => setTimeout(resolve, Math.min(maxMs, CHECK_MS)));
    if (this.isClosed || Math.abs(this.nowMs() - this.checkedMs) < CHECK_MS) return;
    if (this.socket) this.check();
    else await this.reattach();
  }

  counters(): CaptureCounters {
    this.countDrops();
    const ring = this.socket?.ring;
    const newest = Math.max(this.newestMicros, ring?.newestMicros ?? -1);
    const counts = this.name === "" ? undefined : interfaceCounts().get(this.name);
    return {
      seenPackets: this.packets + (ring?.packets ?? 0) + this.drops,
      seenBytes: this.wireBytes + (ring?.wireBytes ?? 0),
      filteredPackets: 0,
      kernelDrops: this.drops,
      // What this source would see: both directions, on the loopback one of them.
      interfacePackets: counts && counts.receivedPackets + (this.socket?.isLoopback ? 0 : counts.sentPackets),
      newestMicros: newest < 0 ? undefined : newest,
      ...(this.trouble === undefined ? {} : { trouble: this.trouble }),
    };
  }

  files(): FileReport[] {
    return [];
  }

  progress(): undefined {
    return undefined;
  }

  close(): void {
    this.isClosed = true;
    this.detach();
  }

  private async attach(): Promise<void> {
    const { filter, snapBytes, fanout } = this.options;
    const ringMegabytes = Math.min(MOST_RING_MEGABYTES, Math.max(1, Math.floor(this.options.ringMegabytes ?? DEFAULT_RING_MEGABYTES)));
    const filterFor =
      filter !== undefined
        ? (linkType: number) => compileFilter(filter, this.name, linkType, snapBytes)
        : snapBytes !== undefined
          ? async () => keepBytes(snapBytes)
          : undefined;
    const socket = await PacketSocket.open(this.libc!, { interfaceName: this.name, ringMegabytes, fanout, filterFor });
    if (this.isClosed) {
      socket.close();
      return;
    }
    this.socket = socket;
    this.block.linkType.fill(socket.linkType);
  }

  /** Keeps what the socket counted, and ends it. */
  private detach(): void {
    const socket = this.socket;
    if (!socket) return;
    this.countDrops();
    this.packets += socket.ring.packets;
    this.wireBytes += socket.ring.wireBytes;
    this.newestMicros = Math.max(this.newestMicros, socket.ring.newestMicros);
    this.socket = undefined;
    this.block.reset(Buffer.alloc(0));
    socket.close();
  }

  private check(): void {
    this.checkedMs = this.nowMs();
    const state = this.socket!.interfaceState();
    if (state === "gone") {
      this.detach();
      this.setTrouble(`the interface ${this.name} is gone`);
    } else this.setTrouble(state === "down" ? `the interface ${this.name} is down` : undefined);
  }

  private async reattach(): Promise<void> {
    this.checkedMs = this.nowMs();
    try {
      await this.attach();
      if (this.socket) this.check();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.setTrouble(error.code === "capture_interface" ? `the interface ${this.name} is gone` : error.message);
    }
  }

  private setTrouble(trouble: string | undefined): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    const log = this.options.log ?? silentLog;
    if (trouble === undefined) log.info("capture goes on", { interface: this.name });
    else log.warn("capture sees nothing", { reason: trouble });
  }

  private countDrops(): void {
    const drops = this.socket?.takeDrops() ?? 0;
    this.drops += drops;
    if (drops > 0) this.options.losses.add("kernel_drops", drops);
  }
}
