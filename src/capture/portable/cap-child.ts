/**
 * Runs the `cap` package in a process of its own, because it holds the event loop while packets come, aborts the process when the
 * interface goes down, and takes no time stamps. Writes what it sees to standard output as a pcap file (microseconds,
 * time of receipt). Arguments: interface, filter, buffer bytes. Says why it cannot over the IPC channel.
 */
import { writeSync } from "node:fs";
import type { ChildTrouble } from "../cap.ts";

/** What is used of `cap`, which has no types and need not be installed. */
interface CapModule {
  Cap: new () => {
    open(device: string, filter: string, bufferBytes: number, frame: Buffer): string;
    setMinBytes?(bytes: number): void;
    on(event: "packet", listener: (bytes: number, isTruncated: boolean) => void): void;
  };
}

const LONGEST_FRAME = 65_535;
const FLUSH_BYTES = 256 << 10;
const FLUSH_MS = 10;
const FOLLOW_CLOCK_MS = 1000;
const MOST_DRIFT_MS = 2;
const RECORD_HEADER_BYTES = 16;

const LINK_TYPES: Readonly<Record<string, number>> = { NULL: 0, ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113, IEEE802_11_RADIO: 127 };

/** The package keeps a raw pointer to this buffer and no reference: as a module constant it lives as long as the process. */
const frame = Buffer.alloc(LONGEST_FRAME);
const batch = Buffer.alloc(FLUSH_BYTES + RECORD_HEADER_BYTES + LONGEST_FRAME);
let used = 0;
/** Added to the monotonic clock, which alone is fine enough, gives the time of day; follows it when it is set. */
let epochMs = performance.timeOrigin;

const [device = "", filter = "", bufferBytes = "10485760"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

const loaded = await load();
const capture = loaded && new loaded.Cap();
if (capture) start(capture);

async function load(): Promise<CapModule | undefined> {
  const name: string = "cap";
  try {
    const module = (await import(name)) as { default: CapModule };
    return module.default;
  } catch (error) {
    refuse("package", String((error as Error).message).split("\n")[0]);
    return undefined;
  }
}

function start(source: InstanceType<CapModule["Cap"]>): void {
  let linkName: string;
  try {
    linkName = source.open(device, filter, Number(bufferBytes), frame);
    source.setMinBytes?.(0);
  } catch (error) {
    refuse("open", (error as Error).message);
    return;
  }
  const linkType = LINK_TYPES[linkName];
  if (linkType === undefined) {
    refuse("link", linkName);
    return;
  }
  writeHeader(linkType);
  source.on("packet", add);
  setInterval(flush, FLUSH_MS);
  setInterval(followClock, FOLLOW_CLOCK_MS);
}

function followClock(): void {
  const nowEpochMs = Date.now() - performance.now();
  if (Math.abs(nowEpochMs - epochMs) > MOST_DRIFT_MS) epochMs = nowEpochMs;
}

function writeHeader(linkType: number): void {
  batch.writeUInt32LE(0xa1b2c3d4, 0);
  batch.writeUInt16LE(2, 4);
  batch.writeUInt16LE(4, 6);
  batch.writeUInt32LE(LONGEST_FRAME, 16);
  batch.writeUInt32LE(linkType, 20);
  used = 24;
  flush();
}

function add(bytes: number): void {
  const captured = Math.min(bytes, LONGEST_FRAME);
  const nowMs = epochMs + performance.now();
  const seconds = Math.floor(nowMs / 1000);
  batch.writeUInt32LE(seconds, used);
  batch.writeUInt32LE(Math.min(999_999, Math.floor((nowMs - seconds * 1000) * 1000)), used + 4);
  batch.writeUInt32LE(captured, used + 8);
  batch.writeUInt32LE(bytes, used + 12);
  frame.copy(batch, used + RECORD_HEADER_BYTES, 0, captured);
  used += RECORD_HEADER_BYTES + captured;
  if (used >= FLUSH_BYTES) flush();
}

/** Blocks while the parent is slow: then the kernel drops, where it belongs. */
function flush(): void {
  for (let at = 0; at < used; ) {
    try {
      at += writeSync(1, batch, at, used - at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      else process.exit(0);
    }
  }
  used = 0;
}

function refuse(what: ChildTrouble["what"], reason: string): void {
  process.exitCode = 1;
  process.send?.({ what, reason } satisfies ChildTrouble, () => process.disconnect());
}
