import type { MqttFacts } from "../model/facts.ts";
import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** Control packets with their flags, MQTT 5.0 §2.1.2. */
const CONNECT = 0x10;
const CONNECT_ACK = 0x20;
/** Seen first where a connection's begin was not: one message that fills the segment. */
const PUBLISH = [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d];
const ACKNOWLEDGEMENTS = [0x40, 0x50, 0x62, 0x70];
const SUBSCRIBE = 0x82;
const PING = 0xc0;
const PONG = 0xd0;
const NAME = Buffer.from("MQTT");
const OLD_NAME = Buffer.from("MQIsdp");
const VERSIONS: Readonly<Record<number, MqttFacts["version"]>> = { 3: "3.1", 4: "3.1.1", 5: "5.0" };
/** Bits of a protocol level that bridges set to say what they are. */
const BRIDGE_BIT = 0x80;
/** Most of a CONNECT that is waited for: to where the client's name has its length, past the properties of 5.0. */
const LONGEST_WAIT = 1024;
const LONGEST_CODE = 5;
/** What a server may answer to a CONNECT, MQTT 3.1.1 §3.2.2.3. */
const LAST_RETURN_CODE = 5;

/** MQTT: the version that a client speaks and whether it names itself (MQTT 3.1.1 §3.1, 5.0 §3.1). The name is not kept. */
export const mqtt = defineDissector<undefined>({
  name: "mqtt",
  transport: "tcp",
  ports: [1883],
  firstBytes: { tcp: [CONNECT, CONNECT_ACK, ...PUBLISH, ...ACKNOWLEDGEMENTS, SUBSCRIBE, PING, PONG] },
  begin: () => undefined,

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    const body = bodyStart(bytes, start, end);
    if (body === 0) return notMine;
    if (bytes[start] !== CONNECT && bytes[start] !== CONNECT_ACK) return isLater(stream, body) ? found : notMine;
    const more = isCut ? notMine : needMore;
    if (body < 0) return more;
    if (bytes[start] === CONNECT_ACK) return recogniseAck(bytes, start, end, body);
    if (end - body < 9) return more;
    const name = nameIn(bytes, body);
    return name !== undefined && VERSIONS[bytes[body + 2 + name.length] & ~BRIDGE_BIT] !== undefined ? found : notMine;
  },

  read(stream) {
    const { bytes, start, end } = stream;
    if (bytes[start] === CONNECT_ACK) {
      stream.senderAnswers();
      stream.report();
      return found;
    }
    if (bytes[start] !== CONNECT) {
      if (bytes[start] === PING || bytes[start] === SUBSCRIBE) stream.senderAsks();
      else if (bytes[start] === PONG) stream.senderAnswers();
      stream.report();
      return found;
    }
    stream.senderAsks();
    stream.report();
    return stream.isDetailed ? readConnect(stream, bodyStart(bytes, start, end)) : found;
  },
});

function readConnect(stream: Stream, body: number): Verdict {
  const { bytes, start, end, isCut, facts } = stream;
  const name = nameIn(bytes, body);
  if (name === undefined) return malformed("mqtt_connect");
  const level = body + 2 + name.length;
  facts.mqtt ??= {};
  facts.mqtt.version = VERSIONS[bytes[level] & ~BRIDGE_BIT]!;
  // Level, flags, keep-alive; then in 5.0 the properties with their length; then the name.
  let at = level + 4;
  const more = isCut || end - start >= LONGEST_WAIT ? found : needMore;
  if ((bytes[level] & ~BRIDGE_BIT) === 5) {
    const properties = variableInteger(bytes, at, end);
    if (properties < 0) return more;
    at += (properties < 128 ? 1 : properties < 16_384 ? 2 : properties < 2_097_152 ? 3 : 4) + properties;
  }
  if (at + 2 > end) return more;
  facts.mqtt.clientIdPresent = bytes.readUInt16BE(at) > 0;
  return found;
}

function nameIn(bytes: Buffer, body: number): Buffer | undefined {
  const length = bytes.readUInt16BE(body);
  const name = length === NAME.length ? NAME : length === OLD_NAME.length ? OLD_NAME : undefined;
  return name !== undefined && bytes.compare(name, 0, name.length, body + 2, Math.min(bytes.length, body + 2 + name.length)) === 0
    ? name
    : undefined;
}

/** CONNACK: in 3.1 and 3.1.1 two bytes, in 5.0 properties that fill it. A session can be present only where it is not refused. */
function recogniseAck(bytes: Buffer, start: number, end: number, body: number): Verdict {
  const size = end - body;
  if (bytes[start + 1] < 2 || size < 2) return bytes[start + 1] < 2 ? notMine : needMore;
  if (bytes[body] > 1) return notMine;
  if (bytes[start + 1] === 2) return bytes[body + 1] <= LAST_RETURN_CODE ? found : notMine;
  if (size < 3) return needMore;
  const isReason = bytes[body + 1] === 0 || bytes[body + 1] >= 0x80;
  return isReason && bytes[start + 1] < 128 && bytes[body + 2] === bytes[start + 1] - 3 ? found : notMine;
}

/** Where the variable header begins; -1 while its length is not here; 0 when that is none. */
function bodyStart(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; at < start + LONGEST_CODE; at += 1) {
    if (at >= end) return -1;
    if (bytes[at] < 128) return at + 1;
  }
  return 0;
}

/** MQTT 5.0 §1.5.5; -1 when it is not whole. */
function variableInteger(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let n = 0; n < 4 && start + n < end; n += 1) {
    value += (bytes[start + n] & 127) * 128 ** n;
    if (bytes[start + n] < 128) return value;
  }
  return -1;
}

/** A message of a connection that goes on, whole and alone: a ping, an acknowledgement (on its port), or one with a topic's name. */
function isLater(stream: Stream, body: number): boolean {
  const { bytes, start, end } = stream;
  if (body < 0) return false;
  const size = variableInteger(bytes, start + 1, end);
  if (body + size !== end) return false;
  const first = bytes[start];
  if (first === PING) return size === 0;
  const isKnown = stream.isOnPort(1883) || stream.flow?.facts?.protocols[0] === "mqtt";
  if (first === PONG) return size === 0 && isKnown;
  if (ACKNOWLEDGEMENTS.includes(first)) return size === 2 && isKnown;
  const topic = body + (first === SUBSCRIBE ? 4 : 2);
  if (topic + 1 > end) return false;
  const stop = topic + bytes.readUInt16BE(topic - 2);
  if (stop > end || stop === topic) return false;
  for (let at = topic; at < stop; at += 1) if (bytes[at] < 0x20 || bytes[at] > 0x7e) return false;
  return true;
}
