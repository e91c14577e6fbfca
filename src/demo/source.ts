import type { Clock } from "../lib/clock.ts";
import type { CaptureCounters, FileReport, PacketSource } from "../model/capture.ts";
import { BLOCK_PACKETS, PacketBlock } from "../model/packet.ts";
import type { Beat } from "./conversation.ts";
import { SCENES, Stage } from "./day.ts";

const LINKTYPE_ETHERNET = 1;
const BLOCK_BYTES = 4 * 1024 * 1024;

/** A conversation under way: its next packet and when it is due. */
interface Playing {
  dueMicros: number;
  frame: Buffer;
  rest: Iterator<Beat>;
}

/** Plays the synthetic hospital in real time as a packet source: real frames, read by the real decoder. */
export class DemoSource implements PacketSource {
  readonly title = "synthetic hospital (demo)";
  private readonly clock: Clock;
  private readonly stage: Stage;
  private readonly block = new PacketBlock();
  private readonly buffer = Buffer.alloc(BLOCK_BYTES);
  private readonly playing: Playing[] = [];
  private readonly sceneDueMicros: number[];
  private seenPackets = 0;
  private seenBytes = 0;
  private newestMicros: number | undefined;

  constructor(clock: Clock, seed = 1) {
    this.clock = clock;
    this.stage = new Stage(xorshift(seed), () => new Date(clock.nowMs()));
    const startMicros = clock.nowMs() * 1000;
    this.sceneDueMicros = SCENES.map((scene) => startMicros + scene.firstSeconds * 1e6);
  }

  async open(): Promise<void> {}

  next(): PacketBlock | "idle" | "end" {
    const nowMicros = this.clock.nowMs() * 1000;
    this.startScenes(nowMicros);
    this.block.reset(this.buffer);
    let at = 0;
    while (this.block.count < BLOCK_PACKETS) {
      const next = this.earliest();
      if (!next || next.dueMicros > nowMicros || at + next.frame.length > BLOCK_BYTES) break;
      this.put(next, at);
      at += next.frame.length;
      this.advance(next);
    }
    return this.block.count > 0 ? this.block : "idle";
  }

  ready(maxMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.min(maxMs, 20)));
  }

  counters(): CaptureCounters {
    return {
      seenPackets: this.seenPackets,
      seenBytes: this.seenBytes,
      filteredPackets: 0,
      kernelDrops: 0,
      interfacePackets: undefined,
      newestMicros: this.newestMicros,
    };
  }

  files(): FileReport[] {
    return [];
  }

  progress(): undefined {
    return undefined;
  }

  close(): void {}

  private startScenes(nowMicros: number): void {
    for (const [index, scene] of SCENES.entries()) {
      if (this.sceneDueMicros[index] > nowMicros) continue;
      for (const beats of scene.play(this.stage)) this.begin(beats, this.sceneDueMicros[index]);
      this.sceneDueMicros[index] = nowMicros + scene.everySeconds * 1e6 * (0.7 + this.stage.random() * 0.6);
    }
  }

  private begin(beats: Iterable<Beat>, atMicros: number): void {
    const rest = beats[Symbol.iterator]();
    const first = rest.next();
    if (!first.done) this.playing.push({ dueMicros: atMicros + first.value.afterMicros, frame: first.value.frame, rest });
  }

  private earliest(): Playing | undefined {
    let best: Playing | undefined;
    for (const playing of this.playing) if (!best || playing.dueMicros < best.dueMicros) best = playing;
    return best;
  }

  private advance(playing: Playing): void {
    const beat = playing.rest.next();
    if (beat.done) this.playing.splice(this.playing.indexOf(playing), 1);
    else {
      playing.dueMicros += beat.value.afterMicros;
      playing.frame = beat.value.frame;
    }
  }

  private put({ frame, dueMicros }: Playing, at: number): void {
    const index = this.block.count;
    frame.copy(this.buffer, at);
    this.block.offset[index] = at;
    this.block.captured[index] = frame.length;
    this.block.wire[index] = frame.length;
    this.block.timeMicros[index] = dueMicros;
    this.block.linkType[index] = LINKTYPE_ETHERNET;
    this.block.strippedTag[index] = 0;
    this.block.count += 1;
    this.seenPackets += 1;
    this.seenBytes += frame.length;
    this.newestMicros = dueMicros;
  }
}

/** Marsaglia's xorshift32: repeatable, not for secrets. */
function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
