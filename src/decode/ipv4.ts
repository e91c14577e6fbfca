import { ROW } from "../model/row.ts";
import { fragment } from "./fragment.ts";
import type { Frame } from "./frame.ts";
import { malformed, TOO_DEEP } from "./outcome.ts";
import { transport } from "./transport.ts";

const SHORT = malformed("ipv4_short");
const VERSION = malformed("ip_version");
const HEADER_LENGTH = malformed("ipv4_header_length");
const TOTAL_LENGTH = malformed("ipv4_total_length");
const { source, destination } = ROW;
const MORE = 0x2000;
const OFFSET = 0x1fff;

/**
 * IPv4 (RFC 791 §3.1). Options are stepped over. A total length of 0 is what segmentation offload leaves in captures
 * taken on the sender: the packet then ends with the frame.
 */
export function ipv4(frame: Frame, at: number): number {
  const left = frame.end - at;
  if (left < 20) return SHORT;
  const view = frame.view;
  const first = view.getUint8(at);
  if (first >> 4 !== 4) return VERSION;
  const headerBytes = (first & 15) << 2;
  if (headerBytes < 20) return HEADER_LENGTH;
  if (headerBytes > left) return headerBytes > frame.wireEnd - at ? HEADER_LENGTH : SHORT;
  const totalBytes = view.getUint16(at + 2);
  if (totalBytes >= headerBytes) frame.clip(at + totalBytes);
  else if (totalBytes !== 0) return TOTAL_LENGTH;
  if (!frame.enterIp(at, 0)) return TOO_DEEP;
  const rows = frame.rows;
  const row = frame.row;
  rows[row + source] = view.getInt32(at + 12);
  rows[row + destination] = view.getInt32(at + 16);
  const protocol = view.getUint8(at + 9);
  const offset = view.getUint16(at + 6);
  if ((offset & (MORE | OFFSET)) === 0) return transport(frame, protocol, at + headerBytes);
  const isMore = (offset & MORE) !== 0;
  return fragment(frame, protocol, view.getUint16(at + 4), (offset & OFFSET) << 3, isMore, at + headerBytes, transport);
}
