import type { ExportKind } from "../model/facts.ts";
import type { ExportMessage } from "./export-message.ts";
import type { ExportedFlow } from "./exported-flow.ts";
import type { Exporter } from "./exporter.ts";
import type { FrameReader } from "./sampled-frame.ts";

/** What a protocol finds in a message goes here. */
export interface CollectContext {
  /** The flow record being put together. */
  readonly flow: ExportedFlow;
  readonly readFrame: FrameReader;
  /** The exporter that a message is of, made at its first; undefined when there is no room for another. */
  exporterOf(message: ExportMessage, kind: ExportKind, domainId: number): Exporter | undefined;
  /** `flow` is complete: hands it on. `arrivalMicros`: of the message that it came in. */
  emit(exporter: Exporter, arrivalMicros: number): void;
  /** The exporter began anew: templates, samplers and data of before are of no use any more. */
  restarted(exporter: Exporter): void;
  /** Records without two addresses. */
  unaddressed(records: number): void;
  options(records: number): void;
  held(): void;
  /** Data sets given up. */
  dropped(sets: number): void;
  /** A message or a set that lies about itself. */
  malformed(): void;
  /** Units that a sequence number says were lost. */
  lost(units: number): void;
  /** A table was full. */
  full(): void;
}

/** One export protocol. Members of this folder; the registry is index.ts. */
export interface ExportProtocol {
  readonly name: string;
  /** By its header alone, which is where bytes[start, end) begins: is it one of these, at a length that can be? */
  matches(message: ExportMessage): boolean;
  /** Reads all of it. Never throws on account of what is in it. */
  read(message: ExportMessage, context: CollectContext): void;
}
