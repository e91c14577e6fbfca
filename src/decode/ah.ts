import type { Frame } from "./frame.ts";

/** Length of an authentication header (RFC 4302 §2.2), or 0 when it is cut. Its first byte is the next header. */
export function authenticationHeaderBytes(frame: Frame, at: number): number {
  if (frame.end - at < 2) return 0;
  const bytes = (frame.view.getUint8(at + 1) + 2) << 2;
  return bytes > frame.end - at ? 0 : bytes;
}
