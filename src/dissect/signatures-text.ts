import { ANSWERS, ASKS, MORE, NO, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const first = (letters: string) =>
  [...new Set([...letters].flatMap((letter) => [letter, letter.toLowerCase()]))].map((letter) => letter.charCodeAt(0));

/** Protocols of text lines whose first words tell. */
export const TEXT_STREAMS: readonly Signature[] = [
  {
    // RFC 2326 §6.1, §7.1.
    word: "rtsp",
    ports: [554],
    first: first("ODSPTARG"),
    test(s) {
      const line = lineOf(s);
      if (line === undefined) return s.isOnPort(554) ? MORE : NO;
      return line.startsWith("RTSP/1.0 ") ? ANSWERS : / RTSP\/[12]\.0$/.test(line) ? ASKS : NO;
    },
  },
  {
    // git-daemon: a packet line with the service.
    word: "git",
    ports: [9418],
    first: [0x30],
    test: ({ bytes, start, end }) =>
      /^0[0-9a-f]{3}git-(upload|receive)-pack \//.test(bytes.toString("latin1", start, Math.min(end, start + 32))) ? ASKS : NO,
  },
  {
    // RFC 6120 §4.2.
    word: "xmpp",
    ports: [5222, 5269],
    mayUpgrade: true,
    first: [0x3c],
    test({ bytes, start, end }) {
      const text = bytes.toString("latin1", start, Math.min(end, start + 300));
      if (/<stream:stream[ >]/.test(text) && text.includes("http://etherx.jabber.org/streams")) return YES;
      return text.startsWith("<?xml") && text.length < 200 ? MORE : NO;
    },
  },
  {
    // RFC 2812 §3.1, §2.4: a client registers; a server answers with its prefix.
    word: "irc",
    ports: [6667],
    mayUpgrade: true,
    first: first("NUCPJ:"),
    test(s) {
      const line = lineOf(s);
      if (line === undefined) return s.isOnPort(6667) ? MORE : NO;
      if (/^USER \S+ \S+ \S+ :/.test(line) || /^CAP (LS|REQ)( |$)/.test(line) || /^NICK [\w[\]\\`^{}|-]{1,30}$/.test(line)) return ASKS;
      return /^:\S+ (\d{3}|NOTICE) \S+ /.test(line) ? ANSWERS : NO;
    },
  },
  {
    word: "svn",
    ports: [3690],
    first: [0x28],
    test: ({ bytes, start, end }) => (bytes.toString("latin1", start, Math.min(end, start + 12)).startsWith("( success ( ") ? ANSWERS : NO),
  },
  {
    word: "rsync",
    ports: [873],
    first: [0x40],
    test: ({ bytes, start, end }) => (bytes.toString("latin1", start, Math.min(end, start + 9)) === "@RSYNCD: " ? YES : NO),
  },
  {
    // RFC 854, RFC 1143: an option negotiated at the very beginning.
    word: "telnet",
    ports: [23],
    first: [0xff],
    test({ bytes, start, end }) {
      if (end - start < 3) return bytes[start + 1] >= 0xfa || end - start === 1 ? MORE : NO;
      let at = start;
      while (at + 3 <= end && bytes[at] === 0xff && bytes[at + 1] >= 0xfb && bytes[at + 1] <= 0xfe && bytes[at + 2] <= 50) at += 3;
      return at > start && (at >= end || at >= start + 6 || (bytes[at] < 0x80 && at > start)) ? YES : NO;
    },
  },
];

/** The first line's text; undefined while it has no end, or is none. */
function lineOf({ bytes, start, end }: Stream): string | undefined {
  let at = start;
  while (at < end && at < start + 512 && bytes[at] >= 0x20 && bytes[at] < 0x7f) at += 1;
  return at < end && (bytes[at] === 0x0d || bytes[at] === 0x0a) ? bytes.toString("latin1", start, at) : undefined;
}
