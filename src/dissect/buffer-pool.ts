const SMALLEST_BYTES = 2048;
const KEPT_PER_SIZE = 64;

/** Buffers in powers of two from 2 KiB to `largestBytes`, used again rather than made again. */
export class BufferPool {
  private readonly free = new Map<number, Buffer[]>();
  private readonly largestBytes: number;

  constructor(largestBytes: number) {
    this.largestBytes = Math.max(SMALLEST_BYTES, largestBytes);
  }

  /** Size of the buffer that `take` gives for so many bytes. */
  sizeFor(bytes: number): number {
    let size = SMALLEST_BYTES;
    while (size < bytes) size *= 2;
    return Math.min(size, this.largestBytes);
  }

  take(bytes: number): Buffer {
    const size = this.sizeFor(bytes);
    return this.free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  give(buffer: Buffer): void {
    let list = this.free.get(buffer.length);
    if (!list) this.free.set(buffer.length, (list = []));
    if (list.length < KEPT_PER_SIZE) list.push(buffer);
  }
}
