import { defineDissector, found, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { isRequest5, readRequest4, readRequest5, replyEnd5, requestEnd4, requestEnd5 } from "./socks-requests.ts";
import type { Stream } from "./stream.ts";

const VERSION_4 = 4;
const VERSION_5 = 5;
const USERNAME_METHOD = 2;
const REFUSED = 0xff;
const GRANTED_4 = 0x5a;
const REPLY_4_BYTES = 8;
const MOST_METHODS = 16;

interface SocksState {
  /** What the direction is to say next, by side. */
  stage: ["greeting" | "sign-on" | "request", "greeting" | "sign-on" | "request"];
  /** The side that asked; -1: not known yet. */
  clientSide: number;
  version: number;
}

/**
 * SOCKS 4, 4A and 5 (RFC 1928): the place that a proxy was asked for is the flow's real target; what follows is another
 * protocol's. Names and passcodes of RFC 1929 are passed over.
 */
export const socks = defineDissector<SocksState>({
  name: "socks",
  transport: "tcp",
  ports: [1080],
  firstBytes: { tcp: [0, VERSION_4, VERSION_5] },
  begin: () => ({ stage: ["greeting", "greeting"], clientSide: -1, version: 0 }),

  recognise(stream) {
    const { bytes, start, isCut } = stream;
    const version = bytes[start];
    // An answer says too little by itself: it counts where the other direction has asked.
    if (isKnown(stream) && isAnswer(stream)) return found;
    if (version === VERSION_4) return requestEnd4(stream) === stream.end ? found : notMine;
    if (version !== VERSION_5) return notMine;
    if (stream.length < 2) return isCut || !stream.isOnPort(1080) ? notMine : needMore;
    return isGreeting(stream) ? found : notMine;
  },

  read(stream, state) {
    if (state.version === 0) {
      state.version = stream.bytes[stream.start];
      state.clientSide = stream.side;
      stream.senderAsks();
      stream.report();
    }
    if (stream.side === state.clientSide) return state.version === VERSION_4 ? readClient4(stream) : readClient5(stream, state);
    return state.version === VERSION_4 ? readServer4(stream) : readServer5(stream, state);
  },
});

function isKnown({ flow }: Stream): boolean {
  return flow?.facts?.protocols[0] === "socks";
}

/** The server's first words: a method chosen (RFC 1928 §3), or the reply of version 4. */
function isAnswer({ bytes, start, length }: Stream): boolean {
  if (bytes[start] === VERSION_5) return length >= 2 && (bytes[start + 1] <= 9 || bytes[start + 1] >= 0x80);
  return bytes[start] === 0 && length >= 2 && bytes[start + 1] >= GRANTED_4 && bytes[start + 1] <= 0x5d;
}

/** RFC 1928 §3: the version and as many distinct methods as announced, then nothing, or a request at once. */
function isGreeting(stream: Stream): boolean {
  const { bytes, start, end } = stream;
  const count = bytes[start + 1];
  const stop = start + 2 + count;
  if (count === 0 || count > MOST_METHODS || stop > end) return false;
  for (let at = start + 2; at < stop; at += 1) {
    const method = bytes[at];
    if ((method > 9 && method < 0x80) || method === REFUSED) return false;
    for (let before = start + 2; before < at; before += 1) if (bytes[before] === method) return false;
  }
  return stop === end || isRequest5(stream, 2 + count);
}

function readClient4(stream: Stream): Verdict {
  const stop = requestEnd4(stream);
  if (stop < 0) return stream.isCut || stream.length > 600 ? found : needMore;
  readRequest4(stream);
  stream.skip(stop - stream.start);
  return passOn;
}

function readServer4(stream: Stream): Verdict {
  if (stream.length < REPLY_4_BYTES) return stream.isCut ? found : needMore;
  const isGranted = stream.bytes[stream.start + 1] === GRANTED_4;
  stream.skip(REPLY_4_BYTES);
  return isGranted ? passOn : found;
}

function readClient5(stream: Stream, state: SocksState): Verdict {
  for (;;) {
    const { bytes, start, length, isCut, side } = stream;
    const more = isCut ? found : needMore;
    if (length < 2) return more;
    if (state.stage[side] === "greeting") {
      const size = 2 + bytes[start + 1];
      if (length < size) return more;
      stream.skip(size);
      state.stage[side] = "request";
      continue;
    }
    // RFC 1929 §2: the name and the passcode, each with its length.
    if (bytes[start] === 1) {
      const nameEnd = 2 + bytes[start + 1];
      if (length < nameEnd + 1) return more;
      const size = nameEnd + 1 + bytes[start + nameEnd];
      if (length < size) return more;
      stream.skip(size);
      continue;
    }
    if (bytes[start] !== VERSION_5) return found;
    const stop = requestEnd5(stream);
    if (stop < 0) return stop === -1 ? more : found;
    readRequest5(stream);
    stream.skip(stop - start);
    return passOn;
  }
}

function readServer5(stream: Stream, state: SocksState): Verdict {
  for (;;) {
    const { bytes, start, length, isCut, side } = stream;
    const more = isCut ? found : needMore;
    if (length < 2) return more;
    if (state.stage[side] === "greeting") {
      const method = bytes[start + 1];
      stream.skip(2);
      if (method !== 0 && method !== USERNAME_METHOD) return found;
      state.stage[side] = method === USERNAME_METHOD ? "sign-on" : "request";
      continue;
    }
    if (state.stage[side] === "sign-on") {
      const isGood = bytes[start + 1] === 0;
      stream.skip(2);
      if (!isGood) return found;
      state.stage[side] = "request";
      continue;
    }
    if (bytes[start] !== VERSION_5 || bytes[start + 1] !== 0) return found;
    const stop = replyEnd5(stream);
    if (stop < 0) return stop === -1 ? more : found;
    stream.skip(stop - start);
    return passOn;
  }
}
