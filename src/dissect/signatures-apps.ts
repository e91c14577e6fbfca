import { ANSWERS, ASKS, hasBytes, hasText, MORE, NO, range, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const TEAMVIEWER = 5938;
const TEAMVIEWER_COMMANDS = range(0x0a, 0x4d);
const LONGEST_FRAME_SHOWN = 125;
const TEXT_FRAME = 0x81;

/** Remote control, chats and shares of single makers, by what their clients say first. */
export const APP_STREAMS: readonly Signature[] = [
  {
    // A command after the magic, and flags of which the low bits are none.
    word: "teamviewer",
    ports: [TEAMVIEWER],
    first: [0x17],
    test(s) {
      if (!hasBytes(s, 1, 0x24)) return NO;
      if (s.isOnPort(TEAMVIEWER)) return YES;
      return s.length >= 12 && TEAMVIEWER_COMMANDS.includes(s.bytes[s.start + 2]) && (s.bytes[s.start + 3] & 7) === 0 ? YES : NO;
    },
  },
  {
    // A client's first message: "WA" or "ED" (with routing before), a version, a dictionary's version.
    word: "whatsapp",
    ports: [5222, 5223],
    first: [0x57, 0x45],
    test(s) {
      if (hasText(s, 0, "ED\0\x01")) return s.length >= 8 ? ASKS : MORE;
      if (!hasText(s, 0, "WA")) return NO;
      if (s.length < 8) return MORE;
      // After the four bytes a message with its length of three.
      return s.bytes[s.start + 2] >= 1 &&
        s.bytes[s.start + 2] <= 9 &&
        s.bytes[s.start + 4] === 0 &&
        s.bytes.readUInt16BE(s.start + 5) <= 4096
        ? ASKS
        : NO;
    },
  },
  {
    // Viber's first message, on its ports: its length, what follows it in every client's, and a version.
    word: "viber",
    isOnlyOnPorts: true,
    ports: [4244, 5242],
    test(s) {
      if (s.length < 24) return NO;
      const { bytes, start } = s;
      return bytes.readUInt16LE(start) === s.length && hasBytes(s, 6, 0xfc, 0xff) && hasBytes(s, 9, 0x80) && hasBytes(s, 11, 0) ? ASKS : NO;
    },
  },
  {
    // Telegram's MTProto, "Transports", intermediate and padded, where nothing obfuscates them.
    word: "telegram",
    first: [0xee, 0xdd],
    test: (s) =>
      (hasBytes(s, 1, 0xee, 0xee, 0xee) && s.bytes[s.start] === 0xee) || (hasBytes(s, 1, 0xdd, 0xdd, 0xdd) && s.bytes[s.start] === 0xdd)
        ? s.length >= 16
          ? ASKS
          : MORE
        : NO,
  },
  {
    // RFC 6455 §5.2, of a stream whose beginning was not seen: one text frame that fills the segment.
    word: "websocket",
    first: [TEXT_FRAME],
    test: (s) => (isTextFrame(s) ? YES : NO),
  },
  {
    // Apple Filing over TCP (DSI): a request or an answer, a command, its error or offset, a length.
    word: "afp",
    isOnlyOnPorts: true,
    ports: [548],
    first: [0, 1],
    test(s) {
      if (!s.isOnPort(548) || s.length < 16) return NO;
      const command = s.bytes[s.start + 1];
      if (![1, 2, 3, 4, 5, 6, 8].includes(command) || s.bytes.readUInt32BE(s.start + 12) !== 0) return NO;
      return s.bytes[s.start] === 0 ? ASKS : ANSWERS;
    },
  },
  {
    // RFC 1179 §5, on its port: a command and a queue's name.
    word: "lpd",
    isOnlyOnPorts: true,
    ports: [515],
    first: range(1, 5),
    test(s) {
      if (!s.isOnPort(515) || s.length < 3 || s.bytes[s.end - 1] !== 0x0a) return NO;
      for (let at = s.start + 1; at < s.end - 1; at += 1) if (s.bytes[at] < 0x20 || s.bytes[at] > 0x7e) return NO;
      return ASKS;
    },
  },
  {
    // RFC 3912 §2, on its port: one line is asked.
    word: "whois",
    isOnlyOnPorts: true,
    ports: [43],
    first: range(0x20, 0x7e),
    test: (s) => (s.isOnPort(43) && s.length <= 256 && hasBytes(s, s.length - 2, 0x0d, 0x0a) && s.responderPort === 43 ? ASKS : NO),
  },
  {
    // Spotify's access point: a version, a length, then protocol buffers of a ClientHello.
    word: "spotify",
    ports: [4070],
    first: [0],
    test: (s) =>
      hasBytes(s, 1, 4, 0, 0) && s.length >= 12 && hasBytes(s, 6, 0x52) && s.bytes.readUInt16BE(s.start + 4) <= 2048 ? ASKS : NO,
  },
];

/** The same over UDP. */
export const APP_DATAGRAMS: readonly Signature[] = [
  {
    word: "teamviewer",
    ports: [TEAMVIEWER],
    first: range(0, 0xff),
    test(s) {
      if (!hasBytes(s, 11, 0x17, 0x24)) return NO;
      if (s.isOnPort(TEAMVIEWER)) return YES;
      return s.length >= 16 && hasBytes(s, 0, 0, 0, 0, 0, 0, 0, 0, 0) && TEAMVIEWER_COMMANDS.includes(s.bytes[s.start + 13]) ? YES : NO;
    },
  },
  {
    // Discovery on the link, UDP 57621.
    word: "spotify",
    ports: [57_621],
    first: [0x53],
    test: (s) => (hasText(s, 0, "SpotUdp") ? ASKS : NO),
  },
  {
    // Valve's master and server queries; SteamLink's streams.
    word: "steam",
    ports: [27_015, 27_036],
    first: [0xff, 0x56, 0x31],
    test(s) {
      if (hasText(s, 0, "VS01")) return s.length >= 36 ? YES : NO;
      if (hasBytes(s, 1, 0xff, 0xff, 0xff) && s.bytes[s.start] === 0xff) {
        if (hasText(s, 4, "TSource Engine Query\0")) return ASKS;
        if (hasBytes(s, 4, 0x21, 0x4c, 0x5f, 0xa0)) return YES;
      }
      return s.bytes[s.start] === 0x31 && hasBytes(s, 1, 0xff, 0x30) && s.isOnPort(27_015) ? ASKS : NO;
    },
  },
  {
    // Zoom's media, on its ports: a type, and the layer inside at a fixed place.
    word: "zoom",
    isOnlyOnPorts: true,
    ports: [8801],
    first: [1, 2, 3, 4, 5, 7],
    test(s) {
      if (!range(8801, 8810).some((port) => s.isOnPort(port)) || s.length < 24) return NO;
      if (s.bytes[s.start] === 5) return [13, 15, 16, 21, 30, 33, 34, 35].includes(s.bytes[s.start + 8]) ? YES : NO;
      return hasBytes(s, 1, 0, 3) || hasBytes(s, 1, 0, 4) ? YES : NO;
    },
  },
  {
    // SoftEther's way through NAT: what it asks, and what it is told.
    word: "softether",
    ports: [5004],
    first: [0, 0x49],
    test(s) {
      if (hasBytes(s, 4, 0, 0, 0, 7) && hasText(s, 8, "opcode\0")) return ASKS;
      if (!hasText(s, 0, "IP=") || s.length > 64) return NO;
      return /^IP=[0-9a-fA-F.:]+,PORT=\d{1,5}$/.test(s.bytes.toString("latin1", s.start, s.end)) ? ANSWERS : NO;
    },
  },
];

/** One whole, unfragmented text frame whose text is printable; from a client it is masked. */
function isTextFrame({ bytes, start, end }: Stream): boolean {
  const length = bytes[start + 1] & 0x7f;
  const isMasked = bytes[start + 1] >= 0x80;
  const text = start + (isMasked ? 6 : 2);
  if (length < 8 || length > LONGEST_FRAME_SHOWN || text + length > end) return false;
  if (text + length !== end && bytes[text + length] !== TEXT_FRAME) return false;
  for (let n = 0; n < length; n += 1) {
    const letter = isMasked ? bytes[text + n] ^ bytes[start + 2 + (n & 3)] : bytes[text + n];
    if ((letter < 0x20 && letter !== 0x0a && letter !== 0x0d && letter !== 0x09) || letter === 0x7f) return false;
  }
  return true;
}
