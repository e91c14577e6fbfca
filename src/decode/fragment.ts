import { FLAG } from "../model/row.ts";
import type { Frame } from "./frame.ts";
import { DECODED, malformed } from "./outcome.ts";

const FIRST_FRAGMENT = FLAG.firstFragment;
const LATER_FRAGMENT = FLAG.laterFragment;
const REASSEMBLED = FLAG.reassembled;
const FIRST_OR_WHOLE = FIRST_FRAGMENT | REASSEMBLED;
/** A fragment header within a fragment of the same IP packet. */
const AGAIN = malformed("ipv6_extension");

/** Reads what a protocol number announces. */
export type ByProtocol = (frame: Frame, protocol: number, at: number) => number;

/**
 * A fragment whose data begins at `at`, `offset` bytes into its datagram. The one that completes the datagram is read as
 * the whole; of the others the first is read as far as it goes, and later ones only say whose they are.
 */
export function fragment(
  frame: Frame,
  protocol: number,
  identification: number,
  offset: number,
  hasMore: boolean,
  at: number,
  read: ByProtocol,
): number {
  if (frame.fragmentedAt === frame.ipHeaders) return AGAIN;
  frame.fragmentedAt = frame.ipHeaders;
  // In the first fragment of a datagram that is not whole: what is in it ends where nobody meant it to.
  const isCut = (frame.flags & FIRST_OR_WHOLE) === FIRST_FRAGMENT;
  frame.flags &= ~REASSEMBLED;
  frame.noteFragment(protocol, identification);
  if (frame.wireEnd === frame.end && !isCut) {
    const { reassembly, batch } = frame;
    const start = reassembly.add(batch.fragments, frame.row, frame.bytes, at, frame.end - at, offset, hasMore, frame.micros);
    if (start >= 0 && isRead(frame, protocol, start, offset === 0, read)) return DECODED;
  }
  if (offset !== 0) return frame.finishPortless(protocol, LATER_FRAGMENT);
  frame.flags |= FIRST_FRAGMENT;
  return read(frame, protocol, at);
}

/** Reads the datagram instead of the frame; false, and nothing has changed, when it breaks the rules of its transport. */
function isRead(frame: Frame, protocol: number, start: number, isFirst: boolean, read: ByProtocol): boolean {
  const { reassembly, batch, marks } = frame;
  marks.set(frame);
  batch.datagrams = reassembly.bytes;
  frame.bytes = reassembly.bytes;
  frame.view = reassembly.view;
  frame.end = start + reassembly.completeBytes;
  frame.wireEnd = frame.end;
  frame.isInDatagram = true;
  frame.flags |= REASSEMBLED | (isFirst ? FIRST_FRAGMENT : 0);
  if (read(frame, protocol, start) === DECODED) {
    marks.drop();
    return true;
  }
  marks.goBack(frame);
  return false;
}
