import { ANSWERS, ASKS, hasBytes, hasText, MORE, NO, range, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const MODBUS = 502;
const DNP3 = 20_000;
const IEC104 = 2404;
const ENIP = [44_818, 2222];
const BACNET = 47_808;
/** ODVA CIP volume 2 §2-3.2: nothing, list services, identity and interfaces, register and end a session, data. */
const ENIP_COMMANDS = [0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70];

/** IEEE 1815 §9.2: the two start bytes, a length, on its port. */
function isDnp3(s: Stream): boolean {
  return s.isOnPort(DNP3) && s.length >= 10 && hasBytes(s, 1, 0x64) && s.bytes[s.start + 2] >= 5;
}

/** A header of 24 bytes: command, length of what follows, session, status; least significant byte first. */
function isEnip(s: Stream): boolean {
  if (s.length < 24 || !ENIP.some((port) => s.isOnPort(port)) || s.bytes[s.start + 1] !== 0) return false;
  if (!ENIP_COMMANDS.includes(s.bytes[s.start])) return false;
  const size = 24 + s.bytes.readUInt16LE(s.start + 2);
  return size <= s.length && s.bytes.readUInt32LE(s.start + 8) <= 0x69 && (s.bytes[s.start] !== 0 || size < s.length);
}

/** Plant, building and laboratory control over TCP. */
export const INDUSTRY_STREAMS: readonly Signature[] = [
  {
    // S7 over ISO on TCP (RFC 1006): its identifier after the data header.
    word: "s7comm",
    ports: [102],
    first: [3],
    test: (s) => (s.length >= 9 && hasBytes(s, 4, 2, 0xf0, 0x80, 0x32) ? YES : NO),
  },
  {
    // Modbus Messaging on TCP/IP §3.1.3, on its port: protocol 0, a length that fits, a function. Transactions may have any number.
    word: "modbus",
    isOnlyOnPorts: true,
    ports: [MODBUS],
    test(s) {
      if (!s.isOnPort(MODBUS) || s.length < 8 || !hasBytes(s, 2, 0, 0)) return NO;
      const length = s.bytes.readUInt16BE(s.start + 4);
      return length >= 2 && length <= 254 && (s.bytes[s.start + 7] & 0x7f) > 0 ? YES : NO;
    },
  },
  { word: "dnp3", isOnlyOnPorts: true, ports: [DNP3], first: [5], test: (s) => (isDnp3(s) ? YES : NO) },
  {
    // IEC 60870-5-104 §5: start byte and length, on its port.
    word: "iec104",
    isOnlyOnPorts: true,
    ports: [IEC104],
    first: [0x68],
    test: (s) => (s.isOnPort(IEC104) && s.length >= 6 && s.bytes[s.start + 1] >= 4 ? YES : NO),
  },
  { word: "enip", isOnlyOnPorts: true, ports: ENIP, first: ENIP_COMMANDS, test: (s) => (isEnip(s) ? YES : NO) },
  {
    // OPC UA part 6 §7.1.2: hello, acknowledge, error, reverse hello, open channel, each final, with its size.
    word: "opcua",
    ports: [4840],
    first: [0x48, 0x41, 0x45, 0x52, 0x4f],
    test(s) {
      const isAsk = hasText(s, 0, "HELF") || hasText(s, 0, "OPNF");
      if (!isAsk && !hasText(s, 0, "ACKF") && !hasText(s, 0, "ERRF") && !hasText(s, 0, "RHEF")) return NO;
      if (s.length < 8) return MORE;
      const size = s.bytes.readUInt32LE(s.start + 4);
      return size >= 16 && size < 65_536 ? (isAsk ? ASKS : ANSWERS) : NO;
    },
  },
];

/** The same over UDP. */
export const INDUSTRY_DATAGRAMS: readonly Signature[] = [
  { word: "dnp3", isOnlyOnPorts: true, ports: [DNP3], first: [5], test: (s) => (isDnp3(s) ? YES : NO) },
  { word: "enip", isOnlyOnPorts: true, ports: ENIP, first: ENIP_COMMANDS, test: (s) => (isEnip(s) ? YES : NO) },
  {
    // ASHRAE 135 annex J.2: BACnet/IP, a function, the datagram's length; then version 1 where it has a network header.
    word: "bacnet",
    ports: [BACNET],
    first: [0x81],
    test(s) {
      if (s.length < 4 || s.bytes[s.start + 1] > 0x0c || s.bytes.readUInt16BE(s.start + 2) !== s.length) return NO;
      const isCarrier = hasBytes(s, 1, 0x0a) || hasBytes(s, 1, 0x0b);
      return s.isOnPort(BACNET) || (isCarrier && hasBytes(s, 4, 1)) ? YES : NO;
    },
  },
  {
    // IEEE 1588 §13.3 and annex D: a message type, version 2, the datagram's length (some pad by two bytes).
    word: "ptp",
    isOnlyOnPorts: true,
    ports: [319, 320],
    first: range(0, 255),
    test(s) {
      if (!(s.isOnPort(319) || s.isOnPort(320)) || s.length < 34 || (s.bytes[s.start] & 15) > 13) return NO;
      const length = s.bytes.readUInt16BE(s.start + 2);
      return (s.bytes[s.start + 1] & 15) === 2 && length >= 34 && length <= s.length ? YES : NO;
    },
  },
];
