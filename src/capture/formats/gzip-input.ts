import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteInput } from "./byte-input.ts";
import { Chunks } from "./chunks.ts";

/** Deflate packs at most about 1:1032, so this bounds what one step can unpack to 33 MB. */
const STEP_BYTES = 32 << 10;
const ENOUGH_BYTES = 8 << 20;

/**
 * Unpacks gzip (RFC 1952; several members are one stream) as it is read. Of data cut short everything is delivered; of
 * damaged data the last 256 KiB before the damage may be missing (zlib gives no output together with an error).
 */
export class GzipInput implements ByteInput {
  problem: string | undefined;
  private readonly packed: ByteInput;
  private readonly gunzip: Gunzip;
  private readonly step = Buffer.allocUnsafe(STEP_BYTES);
  private readonly chunks = new Chunks();
  private head: Buffer;
  private state: "wants" | "busy" | "starved" | "ended" = "wants";

  /** `head`: bytes already taken from `packed`. */
  constructor(head: Buffer, packed: ByteInput) {
    this.head = head;
    this.packed = packed;
    this.gunzip = createGunzip({ chunkSize: 256 << 10 });
    // Never paused: each piece is delivered before the write that made it is called done, so nothing is lost with an error.
    this.gunzip.on("data", (chunk: Buffer) => this.chunks.push(chunk));
    this.gunzip.on("end", () => this.end());
    this.gunzip.on("error", (error: NodeJS.ErrnoException) => {
      this.problem = error.code === "Z_BUF_ERROR" ? "the gzip data is cut short" : `the gzip data is damaged (${error.message})`;
      this.end();
    });
  }

  get consumed(): number {
    return this.packed.consumed;
  }

  read(target: Buffer, at: number, limit: number): number {
    const n = this.chunks.take(target, at, limit);
    if (this.chunks.waiting < ENOUGH_BYTES) this.feed();
    return n > 0 ? n : this.state === "ended" ? 0 : -1;
  }

  async ready(maxMs: number): Promise<void> {
    if (this.chunks.waiting > 0 || this.state === "ended") return;
    if (this.state === "starved") {
      await this.packed.ready(maxMs);
      this.feed();
    } else await this.chunks.wait(maxMs);
  }

  close(): void {
    this.gunzip.destroy();
    this.packed.close();
  }

  private feed(): void {
    if (this.state === "busy" || this.state === "ended") return;
    let bytes = this.head.subarray(0, STEP_BYTES);
    if (bytes.length > 0) this.head = this.head.subarray(bytes.length);
    else {
      const n = this.packed.read(this.step, 0, STEP_BYTES);
      if (n < 0) {
        this.state = "starved";
        return;
      }
      bytes = this.step.subarray(0, n);
    }
    this.state = "busy";
    if (bytes.length === 0) {
      this.problem = this.packed.problem;
      this.gunzip.end();
      return;
    }
    this.gunzip.write(bytes, (error) => {
      if (error || this.state !== "busy") return;
      this.state = "wants";
      if (this.chunks.waiting < ENOUGH_BYTES) this.feed();
      this.chunks.wake();
    });
  }

  private end(): void {
    this.state = "ended";
    this.chunks.wake();
  }
}
