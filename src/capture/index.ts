import { AppError } from "../lib/errors.ts";
import { AfPacketSource } from "./af-packet.ts";
import { CapSource } from "./cap.ts";
import { PcapFileSource } from "./pcap-file.ts";
import type { CaptureOptions, PacketSource, SourceName } from "./source.ts";

export { defaultInterface } from "./linux/default-interface.ts";
export type { CaptureOptions, SourceName } from "./source.ts";

/** Every source there is. */
export const SOURCES: Readonly<Record<SourceName, (options: CaptureOptions) => PacketSource>> = {
  "af-packet": (options) => new AfPacketSource(options),
  cap: (options) => new CapSource(options),
  "pcap-file": (options) => new PcapFileSource(options),
};

/** The live source for a platform, as `process.platform` names it. */
export function defaultSourceName(platform: NodeJS.Platform): SourceName {
  return platform === "linux" ? "af-packet" : "cap";
}

/** The source that the options ask for, not yet opened. Throws AppError `usage` when they contradict each other. */
export function createSource(options: CaptureOptions): PacketSource {
  const hasFiles = (options.files?.length ?? 0) > 0;
  const name = options.source === "auto" ? (hasFiles ? "pcap-file" : defaultSourceName(process.platform)) : options.source;
  if (hasFiles && name !== "pcap-file")
    throw new AppError("usage", `capture files are read by "pcap-file", not by "${name}"`, { exitCode: 2 });
  if (!hasFiles && name === "pcap-file") throw new AppError("usage", "no capture file was named", { exitCode: 2 });
  return SOURCES[name](options);
}
