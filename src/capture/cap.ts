import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AppError } from "../lib/errors.ts";
import { PacketBlock } from "../model/packet.ts";
import { Losses } from "../obs/losses.ts";
import { silentLog } from "../obs/silent-log.ts";
import { CaptureFile, ReadBuffer } from "./formats/capture-file.ts";
import { StreamInput } from "./formats/stream-input.ts";
import { defaultInterface } from "./linux/default-interface.ts";
import type { CaptureCounters, CaptureOptions, FileReport, PacketSource } from "./source.ts";

/** Why the child cannot capture: the package is not there, the interface cannot be opened, or its link layer is unknown. */
export interface ChildTrouble {
  what: "package" | "open" | "link";
  reason: string;
}

const DEFAULT_BUFFER_MEGABYTES = 64;
const MOST_BUFFER_MEGABYTES = 1024;
const RETRY_MS = 1000;

/**
 * Live packets through libpcap or Npcap by the optional package `cap`, for systems without a ring of their own. Slower
 * than "af-packet", with times of receipt; what it loses nobody counts, so its drops are unknown, never zero.
 * The package works in a child process that is started again when it dies.
 */
export class CapSource implements PacketSource {
  title = "cap";
  private readonly options: CaptureOptions;
  private readonly nowMs: () => number;
  private readonly block = new PacketBlock();
  private readonly buffer = new ReadBuffer();
  private name = "";
  private child: ChildProcess | undefined;
  private stream: CaptureFile | undefined;
  private refusal: ChildTrouble | undefined;
  private trouble: string | undefined;
  private startedMs = 0;
  private isClosed = false;
  private packets = 0;
  private wireBytes = 0;
  private newestMicros = -1;

  constructor(options: CaptureOptions) {
    this.options = options;
    this.nowMs = options.nowMs ?? Date.now;
  }

  async open(): Promise<void> {
    if (this.options.fanout)
      throw new AppError("capture_unsupported", 'the source "cap" cannot share an interface between threads: use one', { exitCode: 2 });
    const name = this.options.interface ?? (process.platform === "linux" ? defaultInterface() : undefined);
    if (name === undefined) throw new AppError("capture_interface", "name the network interface to watch", { exitCode: 2 });
    this.name = name;
    this.title = `${name} (cap)`;
    this.start();
    await this.stream!.start();
    if (!this.stream!.reader) {
      await this.childGone();
      throw this.openError();
    }
  }

  next(): PacketBlock | "idle" | "end" {
    if (this.isClosed) return "end";
    const got = this.stream?.next(this.block) ?? "idle";
    if (got !== "end") {
      if (this.stream?.reader) this.setTrouble(undefined);
      return got;
    }
    this.stop();
    this.setTrouble(`capture on ${this.name} broke off${this.refusal ? `: ${this.refusal.reason}` : ""}`);
    return "idle";
  }

  async ready(maxMs: number): Promise<void> {
    if (this.stream) await this.stream.ready(maxMs);
    else {
      await new Promise((resolve) => setTimeout(resolve, Math.min(maxMs, RETRY_MS)));
      if (!this.isClosed && Math.abs(this.nowMs() - this.startedMs) >= RETRY_MS) this.start();
    }
  }

  counters(): CaptureCounters {
    const reader = this.stream?.reader;
    const newest = Math.max(this.newestMicros, reader?.newestMicros ?? -1);
    return {
      seenPackets: this.packets + (reader?.packets ?? 0),
      seenBytes: this.wireBytes + (reader?.wireBytes ?? 0),
      filteredPackets: 0,
      kernelDrops: undefined,
      interfacePackets: undefined,
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
    this.stop();
  }

  private start(): void {
    this.startedMs = this.nowMs();
    this.refusal = undefined;
    const megabytes = Math.min(MOST_BUFFER_MEGABYTES, this.options.ringMegabytes ?? DEFAULT_BUFFER_MEGABYTES);
    const path = fileURLToPath(import.meta.url).replace(/cap(\.[jt]s)$/, "portable/cap-child$1");
    const child = fork(path, [this.name, this.options.filter ?? "", String(megabytes * 1024 * 1024)], {
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    });
    child.on("message", (message) => {
      this.refusal = message as ChildTrouble;
    });
    child.on("error", (error) => {
      this.refusal = { what: "open", reason: error.message };
    });
    this.child = child;
    // The end of a live stream is no fault of a file: its losses are counted nowhere.
    this.stream = new CaptureFile(this.name, new StreamInput(child.stdout!), this.buffer, new Losses());
  }

  private stop(): void {
    const reader = this.stream?.reader;
    this.packets += reader?.packets ?? 0;
    this.wireBytes += reader?.wireBytes ?? 0;
    this.newestMicros = Math.max(this.newestMicros, reader?.newestMicros ?? -1);
    this.stream?.close();
    this.stream = undefined;
    this.child?.kill();
    this.child = undefined;
  }

  private async childGone(): Promise<void> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("close", resolve));
  }

  private openError(): AppError {
    const reason = this.refusal?.reason ?? "its process ended without a word";
    this.stop();
    if (this.refusal?.what === "package")
      return new AppError(
        "capture_unsupported",
        `the source "cap" needs the optional package cap, which is not installed (${reason}): npm install cap, with libpcap's headers (libpcap-dev) or Npcap there`,
        { exitCode: 2 },
      );
    if (this.refusal?.what === "link")
      return new AppError("capture_unsupported", `cannot read ${this.name}: its link layer (${reason}) is none that is decoded`, {
        exitCode: 2,
      });
    if (/permission|not permitted/i.test(reason))
      return new AppError(
        "capture_permission",
        `cannot listen on ${this.name}: ${reason}. Run with the right to capture, or see it work without with \`npm run demo\``,
      );
    if (/syntax|filter|parse|expression/i.test(reason))
      return new AppError("capture_filter", `the capture filter ${JSON.stringify(this.options.filter)} is wrong: ${reason}`, {
        exitCode: 2,
      });
    return new AppError("capture_interface", `cannot listen on ${this.name}: ${reason}`, { exitCode: 2 });
  }

  private setTrouble(trouble: string | undefined): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    const log = this.options.log ?? silentLog;
    if (trouble === undefined) log.info("capture goes on", { interface: this.name });
    else log.warn("capture sees nothing", { reason: trouble });
  }
}
