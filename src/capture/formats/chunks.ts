/** Bytes that arrive by event and are taken by call, with a way to wait for them. */
export class Chunks {
  /** Bytes waiting to be taken. */
  waiting = 0;
  private readonly queue: Buffer[] = [];
  private taken = 0;
  private wakeUp: (() => void) | undefined;

  push(chunk: Buffer): void {
    this.queue.push(chunk);
    this.waiting += chunk.length;
    this.wake();
  }

  /** Copies up to `limit` bytes out; 0 when there are none. */
  take(target: Buffer, at: number, limit: number): number {
    let done = 0;
    while (done < limit && this.queue.length > 0) {
      const chunk = this.queue[0];
      const n = chunk.copy(target, at + done, this.taken, Math.min(chunk.length, this.taken + limit - done));
      done += n;
      this.taken += n;
      if (this.taken === chunk.length) {
        this.queue.shift();
        this.taken = 0;
      }
    }
    this.waiting -= done;
    return done;
  }

  /** Ends a wait early: bytes came, or will come no more. */
  wake(): void {
    this.wakeUp?.();
  }

  wait(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wakeUp?.(), maxMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        this.wakeUp = undefined;
        resolve();
      };
    });
  }
}
