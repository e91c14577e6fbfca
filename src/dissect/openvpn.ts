import { defineDissector, found, needMore, notMine, type Verdict } from "./dissector.ts";
import { ANSWERS, ASKS, MORE, NO } from "./family.ts";
import { KeptStates } from "./kept-states.ts";
import { control, RESETS, readControl, resetMatch, streamResetMatch } from "./openvpn-packet.ts";
import type { Stream } from "./stream.ts";
import { tls } from "./tls.ts";

/** P_CONTROL_V1: a piece of the TLS inside; P_DATA_V1 and V2: what TLS was for. */
const CONTROL = 4;
const DATA = [6, 9];
/** Packets of a flow, or of a direction, that are looked at. */
const MOST_PACKETS = 64;
const LONGEST_PACKET = 4096;
/** Of the TLS inside that waits for more, a direction; and pieces that come before their time. */
const LONGEST_KEPT = 8192;
const MOST_EARLY = 8;
/** Flows whose handshake is not over. */
const MOST_KEPT = 1024;

interface Side {
  /** Number of the packet that comes next. */
  next: number;
  kept: Buffer;
  /** Bytes that may be passed over without a look. */
  unwanted: number;
  early: Map<number, Buffer>;
  packets: number;
  isOver: boolean;
}

interface OpenvpnState {
  sides: [Side, Side];
  layout: number;
  /** The TLS inside; made with its first piece. */
  tls: unknown;
  isForgotten: boolean;
  clear(): void;
}

const NOTHING = Buffer.alloc(0);
const newSide = (): Side => ({ next: 1, kept: NOTHING, unwanted: 0, early: new Map(), packets: 0, isOver: false });
const states = new KeptStates<OpenvpnState>(MOST_KEPT);

/**
 * OpenVPN: its hard resets, and then the TLS handshake in its control channel (unless `tls-crypt` seals that too). Over UDP a
 * packet is a datagram; over TCP its length stands before it.
 */
export const openvpn = defineDissector<OpenvpnState>({
  name: "openvpn",
  transport: "both",
  ports: [1194],
  firstBytes: { tcp: [0, 1], udp: RESETS },
  begin() {
    const sides: [Side, Side] = [newSide(), newSide()];
    const clear = () => {
      for (const side of sides) {
        side.kept = NOTHING;
        side.early.clear();
      }
    };
    return { sides, layout: -1, tls: undefined, isForgotten: false, clear };
  },

  recognise(stream) {
    const said = stream.isDatagram ? resetMatch(stream) : streamResetMatch(stream);
    return said === MORE ? needMore : said === NO ? notMine : found;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    if (stream.isDatagram) {
      if (side.packets === 0) tellRoles(stream);
      const isData = DATA.includes(stream.bytes[stream.start] >>> 3);
      readPacket(stream, state, side, stream.start, stream.end);
      const [a, b] = state.sides;
      return isData || (a.isOver && b.isOver) || a.packets + b.packets > MOST_PACKETS ? end(stream, state) : needMore;
    }
    for (;;) {
      const { bytes, start } = stream;
      if (stream.length < 2) return needMore;
      const length = bytes.readUInt16BE(start);
      if (length > LONGEST_PACKET) return end(stream, state);
      if (stream.length < 2 + length) return needMore;
      if (side.packets === 0) tellRoles(stream);
      stream.skip(2 + length);
      if (readPacket(stream, state, side, start + 2, start + 2 + length)) return end(stream, state);
    }
  },
});

function end(stream: Stream, state: OpenvpnState): Verdict {
  if (stream.isDatagram || (state.sides[0].isOver && state.sides[1].isOver)) states.drop(stream, state);
  return found;
}

function tellRoles(stream: Stream): void {
  const said = stream.isDatagram ? resetMatch(stream) : streamResetMatch(stream);
  if (said === ASKS) stream.senderAsks();
  else if (said === ANSWERS) stream.senderAnswers();
  stream.report();
}

/** Takes one packet; true when the direction has nothing more to tell. */
function readPacket(stream: Stream, state: OpenvpnState, side: Side, start: number, stop: number): boolean {
  side.packets += 1;
  const opcode = start < stop ? stream.bytes[start] >>> 3 : 0;
  if (DATA.includes(opcode) || side.packets > MOST_PACKETS) side.isOver = true;
  else if (opcode === CONTROL && !side.isOver && readControl(stream.bytes, start, stop, state.layout)) {
    state.layout = control.layout;
    if (states.keep(stream, state)) takePiece(stream, state, side);
    else side.isOver = true;
  }
  return side.isOver;
}

/** Pieces in order go to TLS; one that comes early waits, within reason. */
function takePiece(stream: Stream, state: OpenvpnState, side: Side): void {
  const { id, start, end: stop } = control;
  const piece = stream.bytes.subarray(start, stop);
  if (id > side.next && side.early.size < MOST_EARLY && id - side.next <= MOST_EARLY) side.early.set(id, Buffer.from(piece));
  if (id !== side.next) return;
  if (!stream.facts.protocols.includes("tls")) stream.add(stream.facts.protocols, "tls");
  let next: Buffer | undefined = piece;
  while (next !== undefined && !side.isOver) {
    side.next += 1;
    readTls(stream, state, side, next);
    next = side.early.get(side.next);
    side.early.delete(side.next);
  }
}

/** Shows TLS what it has not read yet, and the bytes that follow. */
function readTls(stream: Stream, state: OpenvpnState, side: Side, piece: Buffer): void {
  const passed = Math.min(side.unwanted, piece.length);
  side.unwanted -= passed;
  const bytes = Buffer.concat([side.kept, piece.subarray(passed)]);
  const outer = { bytes: stream.bytes, start: stream.start, end: stream.end, isCut: stream.isCut };
  state.tls ??= tls.begin();
  Object.assign(stream, { bytes, start: 0, end: bytes.length, isCut: false });
  const isFirst = side.next === 2;
  const verdict = isFirst && tls.recognise(stream) === notMine ? notMine : tls.read(stream, state.tls);
  const { start } = stream;
  Object.assign(stream, outer);
  side.unwanted += Math.max(0, start - bytes.length);
  side.kept = start >= bytes.length ? NOTHING : Buffer.from(bytes.subarray(start));
  if (verdict !== needMore || side.kept.length > LONGEST_KEPT) {
    side.isOver = true;
    side.kept = NOTHING;
    side.early.clear();
  }
}
